// The window shall stay small, and readable in the oldest web engine: fails when the scripts of dist have grown past their
// limits, or when its styles hold what Safari 15.4 lacks and nothing replaces. What an English window loads
// at its start (the page's script and whatever that imports statically) is what a person waits for; what comes later, by
// `import()` (German, a view), counts only into the sum.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const start_limit = 150_000;
/** Of it 2,000 look for updates and say how the program was installed. */
const sum_limit = 195_000;

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const scripts = readdirSync(`${dist}assets`).filter((name) => name.endsWith('.js'));
const size = (names) => names.reduce((sum, name) => sum + statSync(`${dist}assets/${name}`).size, 0);

/** The scripts that a text names after any of these words: `from"./a.js"`; not `import("./a.js")`. */
function named(text, before) {
  const found = text.matchAll(new RegExp(`(?:${before})\\s*["'\`][^"'\`]*/([^/"'\`]+\\.js)["'\`]`, 'gu'));
  const names = [...found].map((one) => one[1]);
  return scripts.filter((name) => names.includes(name));
}

const start = named(readFileSync(`${dist}index.html`, 'utf8'), 'src=|href=');
for (const name of start) {
  const imports = named(readFileSync(`${dist}assets/${name}`, 'utf8'), 'from|import');
  start.push(...imports.filter((one) => !start.includes(one)));
}

const [begins, sum] = [size(start), size(scripts)];
process.stdout.write(`${begins} bytes of script at the start (${start.join(', ')}); at most ${start_limit}\n`);
process.stdout.write(`${sum} bytes of script in ${scripts.length} file(s); at most ${sum_limit}\n`);

const styles = readdirSync(`${dist}assets`).filter((name) => name.endsWith('.css'));
const text = styles.map((name) => readFileSync(`${dist}assets/${name}`, 'utf8')).join('');
const newer = text.match(/(?:color-mix|light-dark|oklch|oklab|linear)\(|@container|@starting-style|text-wrap:|dvh\b|\{&/gu);
if (newer || text === '') {
  process.stderr.write(`the styles of dist hold what the oldest engine lacks: ${newer?.join(' ') ?? 'none found'}\n`);
  process.exit(1);
}
if (start.length === 0 || begins > start_limit || sum > sum_limit) process.exit(1);
