// The audit log as it is shown: by day, in words, a page at a time.
import { role, type Accounts } from './roles';
import type { Dictionary } from './text/en';
import { instant, moment, sameDay, type Locale } from './time';
import type { Entry } from './wire';

/** So many entries come at a time. */
export const PAGE = 50;

export type Day = { at: number; entries: Entry[] };

/** When it was; nonsense was never. */
export function time(entry: Entry): number {
  return instant(entry.at) ?? 0;
}

/** The entries, in their order, under the local day of each. */
export function days(entries: Entry[]): Day[] {
  const found: Day[] = [];
  for (const entry of entries) {
    const last = found.at(-1);
    if (last && sameDay(last.at, time(entry))) last.entries.push(entry);
    else found.push({ at: time(entry), entries: [entry] });
  }
  return found;
}

/** What happened, one sentence. */
export function what(entry: Entry, accounts: Accounts, t: Dictionary, locale: Locale): string {
  switch (entry.event) {
    case 'assumed': {
      const { name, account } = role(entry.role);
      const where = accounts[account] ? `${account} (${accounts[account]})` : account;
      const until = instant(entry.until);
      return t.activity.assumed(name, where, until === null ? '?' : moment(until, time(entry), locale));
    }
    case 'signed_out':
      return entry.forgot ? t.activity.forgot : t.activity.signedOut;
    case 'failed':
      return t.headline(entry.code) ?? t.activity.failed;
  }
}

/** By which door it came, and how. */
export function how(entry: Entry, t: Dictionary): string {
  const door = t.activity.doors[entry.door];
  return entry.event === 'assumed' ? `${t.activity.hows[entry.how]} · ${door}` : door;
}

/** What names it elsewhere: to CloudTrail, to the documentation. */
export function mark(entry: Entry): string | null {
  if (entry.event === 'assumed') return entry.access_key_id;
  return entry.event === 'failed' ? entry.code : null;
}

/** The entries that have every word of the text in what is shown of them. */
export function filterEntries(entries: Entry[], accounts: Accounts, text: string, t: Dictionary, locale: Locale): Entry[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter((entry) => {
    const shown = [entry.profile, what(entry, accounts, t, locale), how(entry, t), mark(entry) ?? ''].join(' ').toLowerCase();
    return words.every((word) => shown.includes(word));
  });
}

const same = (one: Entry) => JSON.stringify(one);

/** Two stretches of the log, the newer first, as one: they may overlap, as entries may have come between the two asks. */
export function joined(newer: Entry[], older: Entry[]): Entry[] {
  const there = new Set(newer.map(same));
  return [...newer, ...older.filter((one) => !there.has(same(one)))];
}

/** The newest page on top of what is known already; alone where it does not reach down to that. */
export function renewed(newest: Entry[], known: Entry[]): Entry[] {
  const first = known[0];
  return first && newest.some((one) => same(one) === same(first)) ? joined(newest, known) : newest;
}
