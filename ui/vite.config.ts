import { svelte } from '@sveltejs/vite-plugin-svelte';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

/** Vite's way of loading a script's style sheets and imports ahead of it. There are none of either: 2 kB for nothing. */
const unhurried: Plugin = {
  name: 'unhurried',
  enforce: 'pre',
  load: (id) => (id.includes('vite/preload-helper') ? 'export const __vitePreload = (load) => load();' : undefined),
};

export const shared = {
  plugins: [svelte(), unhurried],
  define: { __APP_VERSION__: JSON.stringify(version) },
  // One style sheet; and one script for the start, beside those that come later (scripts/size.mjs). All are files of the
  // window's own, as the content security policy wants it; nothing is loaded ahead.
  build: {
    // The oldest web engine is Safari 15.4's, of macOS 12.3. Its scripts differ by faults alone that larger ones avoid.
    target: 'safari16',
    cssTarget: 'safari15.4',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: false as const,
    cssCodeSplit: false,
  },
};

export default defineConfig({
  ...shared,
  // A zone whose days can have 23 and 25 hours.
  test: { environment: 'node', include: ['test/**/*.test.ts'], env: { TZ: 'Europe/Berlin' } },
});
