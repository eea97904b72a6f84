// The chooser's list: which roles stand under which heading, as lines of known height, so that of thousands only those in
// sight are drawn.
import { entry, find, type Accounts, type Entry } from './roles';
import type { AccountId, RoleArn } from './wire';

export type Group = { kind: 'favourites' | 'recent' | 'account' | 'found'; account: string; name: string };

/** A line of the list. A role may stand in several groups: `key` tells its places apart. */
export type Line =
  | { type: 'heading'; key: string; group: Group; top: number; height: number }
  | { type: 'role'; key: string; entry: Entry; with_account: boolean; top: number; height: number; index: number };

export type RoleLine = Extract<Line, { type: 'role' }>;

export type Roster = { lines: Line[]; options: RoleLine[]; height: number };

export const HEADING = 38;
export const ROLE = 36;
export const ROLE_WITH_ACCOUNT = 52;

export function entries(roles: RoleArn[], accounts: Accounts): Entry[] {
  return [...new Set(roles)].map((arn) => entry(arn, accounts));
}

/** Without a query: favourites, recent ones, then by account; with one: what was found, the best first. Accounts that
 *  have stood in an order (`shown`) stay in it, whatever they are called by now. */
export function roster(all: Entry[], favourites: RoleArn[], recent: RoleArn[], query: string, shown: AccountId[] = []): Roster {
  const groups: { group: Group; members: Entry[] }[] = [];
  if (query.trim()) {
    groups.push({ group: { kind: 'found', account: '', name: '' }, members: find(all, query) });
  } else {
    const known = new Map(all.map((one) => [one.arn, one]));
    const those = (arns: RoleArn[]) => [...new Set(arns)].flatMap((arn) => known.get(arn) ?? []);
    const later = recent.filter((arn) => !favourites.includes(arn));
    groups.push({ group: { kind: 'favourites', account: '', name: '' }, members: those(favourites) });
    groups.push({ group: { kind: 'recent', account: '', name: '' }, members: those(later) });
    for (const members of byAccount(all, shown)) {
      const { account, account_name } = members[0] ?? { account: '', account_name: '' };
      groups.push({ group: { kind: 'account', account, name: account_name }, members });
    }
  }
  return laid(groups.filter((one) => one.members.length > 0));
}

/** The accounts in the order in which the list shows them. */
export function accountsOf({ lines }: Roster): AccountId[] {
  return lines.flatMap((line) => (line.type === 'heading' && line.group.account ? line.group.account : []));
}

/** The line that stays selected when the list has changed: itself, else its role elsewhere, else the first. */
export function stay(options: RoleLine[], line: RoleLine | undefined): RoleLine | undefined {
  return options.find((one) => one.key === line?.key) ?? options.find((one) => one.entry.arn === line?.entry.arn) ?? options[0];
}

function byAccount(all: Entry[], shown: AccountId[]): Entry[][] {
  const accounts = new Map<string, Entry[]>();
  for (const one of all) {
    const members = accounts.get(one.account);
    if (members) members.push(one);
    else accounts.set(one.account, [one]);
  }
  // Named ones first, by name; the rest by number.
  const title = ([account, [one]]: [string, Entry[]]) => (one?.account_name ? `0${one.account_name}` : `1${account}`);
  const place = ([account]: [string, Entry[]]) => (shown.includes(account) ? shown.indexOf(account) : shown.length);
  return [...accounts].sort((a, b) => place(a) - place(b) || order.compare(title(a), title(b))).map(([, members]) => members);
}

const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function laid(groups: { group: Group; members: Entry[] }[]): Roster {
  const lines: Line[] = [];
  const options: RoleLine[] = [];
  let top = 0;
  for (const { group, members } of groups) {
    const place = group.kind + group.account;
    if (group.kind !== 'found') {
      lines.push({ type: 'heading', key: place, group, top, height: HEADING });
      top += HEADING;
    }
    const with_account = group.kind !== 'account';
    const height = with_account ? ROLE_WITH_ACCOUNT : ROLE;
    for (const one of members) {
      const line: RoleLine = { type: 'role', key: `${place} ${one.arn}`, entry: one, with_account, top, height, index: options.length };
      lines.push(line);
      options.push(line);
      top += height;
    }
  }
  return { lines, options, height: top };
}

/** The lines between two heights; `lines` are in order, so the first is found by halving. */
export function within(lines: Line[], from: number, to: number): Line[] {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = lines[middle];
    if (line && line.top + line.height < from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < lines.length && (lines[end]?.top ?? 0) <= to) end++;
  return lines.slice(low, end);
}
