// The window with a make-believe backend, to look at: `npm run dev`, or `npm run build:dev -- --outDir DIR`.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { shared } from '../vite.config';

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src ipc: http://ipc.localhost";

export default defineConfig({
  ...shared,
  root: fileURLToPath(new URL('..', import.meta.url)),
  base: './',
  plugins: [
    ...shared.plugins,
    {
      // Built, the page obeys the policy that the real window has; while developing, Vite needs more.
      name: 'policy',
      apply: 'build',
      transformIndexHtml: () => [
        { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
      ],
    },
  ],
  build: {
    ...shared.build,
    outDir: fileURLToPath(new URL('../node_modules/.dev', import.meta.url)),
    emptyOutDir: true,
    rollupOptions: { input: fileURLToPath(new URL('index.html', import.meta.url)) },
  },
});
