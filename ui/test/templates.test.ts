import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const src = new URL('../src/', import.meta.url);
const templates = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.svelte'));

it.each(templates)('%s has no style attribute and no address to load from: the policy forbids both', (name) => {
  const text = readFileSync(new URL(name, src), 'utf8');
  expect(text).not.toMatch(/\sstyle="/u);
  expect(text).not.toMatch(/url\(|\ssrc="/u);
});
