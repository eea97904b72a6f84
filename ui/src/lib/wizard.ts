// The logic of the form: what a link or an import fills in, what a name is suggested, which problem points where.
import { concern, valid } from './card';
import type { Draft, Field, Flaw, Imported, ProfileView, Report, Understood, Wrong } from './wire';

export const EMPTY: Draft = {
  name: '',
  tenant: '',
  app_id_uri: '',
  username: '',
  region: '',
  duration: '8',
  default_role: '',
  authority: '',
  remember_me: true,
  process: false,
};

/** A name that every AWS tool can read, from what a tile is called; `work` where nothing is left of it. */
export function suggestName(tile: string | null, taken: string[]): string {
  const slug = (tile ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\b(aws|amazon web services)\b/gu, ' ')
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-+|-+$/gu, '')
    .slice(0, 32);
  const base = slug || 'work';
  let name = base;
  for (let count = 2; taken.includes(name); count++) name = `${base}-${count}`;
  return name;
}

/** The form as a link fills it in; what a person typed already stays. */
export function fromLink(draft: Draft, understood: Understood, taken: string[]): Draft {
  return {
    ...draft,
    name: draft.name || suggestName(understood.tile, taken),
    tenant: understood.tenant,
    app_id_uri: understood.app_id_uri,
    authority: understood.authority,
    username: understood.username ?? draft.username,
  };
}

/** The form as another tool's file fills it in; what that says nothing of is as usual. */
export function fromImport(imported: Draft, taken: string[]): Draft {
  return {
    ...imported,
    name: taken.includes(imported.name) || !imported.name ? suggestName(imported.name || null, taken) : imported.name,
    duration: imported.duration || EMPTY.duration,
  };
}

/** The flaw of a field. */
export function flawOf(wrong: Wrong[], field: Field): Flaw | null {
  return wrong.find((one) => one.field === field)?.flaw ?? null;
}

/** The flaws to show: of fields that were left, not of those nobody has come to. */
export function shown(wrong: Wrong[], visited: ReadonlySet<Field>): Wrong[] {
  return wrong.filter((one) => visited.has(one.field));
}

/** Fields that stand under "More": a flaw there must open it. */
export const FURTHER: readonly Field[] = ['authority', 'default_role'];

/** The field that a failed sign-in points at. */
export function culprit(problem: Report): Field | null {
  const text = `${problem.what} ${problem.help}`;
  if (text.includes('AADSTS700016') || problem.code === 'sign_in.other_acs') return 'app_id_uri';
  if (/AADSTS(90002|900023|50059)\b/u.test(text)) return 'tenant';
  if (problem.code === 'aws.duration') return 'duration';
  if (problem.code === 'aws.region_disabled') return 'region';
  return null;
}

export type Course = 'going' | 'done' | 'failed' | 'cancelled';

/** How the first sign-in goes. `seen`: something has been under way since it was asked for; that nothing is any more,
 *  with neither a session nor a problem, is all that a cancelled one leaves behind. */
export function course(profile: ProfileView, problem: Report | null, seen: boolean): Course {
  if (concern(profile) !== 'idle') return 'going';
  if (valid(profile) && profile.role !== null) return 'done';
  if (problem) return 'failed';
  return seen ? 'cancelled' : 'going';
}

/** The imports that can be used first. */
export function sortImports(imports: Imported[]): Imported[] {
  const rank = { entra: 0, locked: 1, other_provider: 2 } as const;
  return [...imports].sort((a, b) => rank[a.meaning.type] - rank[b.meaning.type]);
}

export type Origin = { from: string; offered: boolean; imports: Imported[] };

/** The imports as they are shown: what each organisation offers first, then what was found on this computer. */
export function origins(imports: Imported[]): Origin[] {
  const sorted = sortImports(imports);
  const offered = sorted.filter((one) => one.offered);
  const found = sorted.filter((one) => !one.offered);
  return [
    ...[...new Set(offered.map((one) => one.tool))].map((from) => ({ from, offered: true, imports: offered.filter((one) => one.tool === from) })),
    ...(found.length > 0 ? [{ from: '', offered: false, imports: found }] : []),
  ];
}
