// The window shall stay small: fails when the script of dist has grown past its limit.
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const limit = 150_000;
const assets = fileURLToPath(new URL('../dist/assets/', import.meta.url));
const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
const bytes = scripts.reduce((sum, name) => sum + statSync(assets + name).size, 0);
process.stdout.write(`${bytes} bytes of script in ${scripts.length} file(s); at most ${limit}\n`);
if (scripts.length !== 1 || bytes > limit) process.exit(1);
