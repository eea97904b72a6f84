// Roles as people know them, and finding one among thousands by a few letters.
import type { AccountId, RoleArn } from './wire';

export type Accounts = Partial<Record<AccountId, string>>;

export type Role = {
  arn: RoleArn;
  /** What it is called. */
  name: string;
  /** `/team/sub/`, or `/`. */
  path: string;
  account: AccountId;
};

const ARN = /^arn:[^:]*:iam::(\d*):role(\/(?:.*\/)?)([^/]*)$/u;

/** What an ARN says; what is none stands for itself. */
export function role(arn: RoleArn): Role {
  const found = ARN.exec(arn);
  return found
    ? { arn, account: found[1] ?? '', path: found[2] ?? '/', name: found[3] ?? '' }
    : { arn, account: '', path: '/', name: arn };
}

/** The roles whose name another role of the same account has too: only those need their path beside it. */
export function namesakes(arns: RoleArn[]): Set<RoleArn> {
  const first = new Map<string, RoleArn>();
  const twice = new Set<RoleArn>();
  for (const arn of arns) {
    const { account, name } = role(arn);
    const other = first.get(`${account} ${name}`);
    if (other === undefined) first.set(`${account} ${name}`, arn);
    else if (other !== arn) twice.add(arn).add(other);
  }
  return twice;
}

/** The path as shown, `team/sub`; nothing where the name alone is enough. */
export function shownPath(one: Role, twice: Set<RoleArn>): string {
  return twice.has(one.arn) ? one.path.slice(1, -1) || '/' : '';
}

/** Text made ready for searching, once: folded, and where its words begin. */
export type Entry = Role & { account_name: string; words: string[]; folded: string };

export function entry(arn: RoleArn, accounts: Accounts): Entry {
  const one = role(arn);
  const account_name = accounts[one.account] ?? '';
  const spoken = [account_name, one.path, one.name, one.account].join(' ');
  return { ...one, account_name, words: split(spoken), folded: fold(spoken) };
}

/** The entries that have every term somewhere, the best match first; with no term all, as they came. */
export function find(entries: Entry[], query: string): Entry[] {
  const terms = fold(query).split(/[\s/]+/u).filter(Boolean);
  if (terms.length === 0) return entries;
  const hits: { entry: Entry; score: number; at: number }[] = [];
  for (const [at, one] of entries.entries()) {
    let score = 0;
    for (const term of terms) {
      const points = grade(one, term);
      if (points === 0) {
        score = 0;
        break;
      }
      score += points;
    }
    // Of two equally good matches the shorter one is likelier meant.
    if (score > 0) hits.push({ entry: one, score: score - one.name.length / 1000, at });
  }
  return hits.sort((a, b) => b.score - a.score || a.at - b.at).map((hit) => hit.entry);
}

/** How well a term fits: whole word, word's beginning, in the middle, its letters one after the other in the name. */
function grade(one: Entry, term: string): number {
  let best = 0;
  for (const word of one.words) {
    if (word === term) return 8;
    if (best < 6 && word.startsWith(term)) best = 6;
  }
  if (best > 0) return best;
  if (one.folded.includes(term)) return 3;
  return term.length > 1 && scattered(one.words, term) ? 1 : 0;
}

/** `roacc` finds "read only access": letters in order, each going on in its word or beginning a later one. */
function scattered(words: string[], term: string, word = 0, at = 0): boolean {
  if (at === term.length) return true;
  for (let next = word; next < words.length; next++) {
    const text = words[next] ?? '';
    let same = 0;
    while (same < text.length && at + same < term.length && text[same] === term[at + same]) same++;
    for (let taken = same; taken > 0; taken--) if (scattered(words, term, next + 1, at + taken)) return true;
  }
  return false;
}

/** Lower case, without accents: `Über` is found by `uber`. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** `ReadOnlyAccess-eu` is four words. */
function split(text: string): string[] {
  return fold(text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2'))
    .split(/[^\p{L}\p{N}\p{S}]+/u)
    .filter(Boolean);
}
