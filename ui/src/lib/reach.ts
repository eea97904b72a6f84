// Role profiles: whose they are, which of many are shown, and what can be done with one.
import { concern, standing, valid } from './card';
import type { Dictionary } from './text/en';
import { instant, moment, type Locale } from './time';
import type { Claims, Pod, ProfileView, RoleProfileView } from './wire';

/** More than so many are folded. */
export const FEW = 5;

export type RoleAction = 'assume' | 'become' | 'renew' | 'console' | 'sign-out';

/** Those that begin with this sign-in, in the order given. */
export function under(all: RoleProfileView[], { name }: Pick<ProfileView, 'name'>): RoleProfileView[] {
  return all.filter((one) => one.root === name);
}

/** Those that no shown profile signs in for. */
export function rootless(all: RoleProfileView[], profiles: ProfileView[]): RoleProfileView[] {
  return all.filter((one) => !profiles.some((profile) => profile.name === one.root));
}

/** Nothing is wrong with it: other tools assume it, by what Rolecall has not. */
export function elsewhere({ problem }: RoleProfileView): boolean {
  return problem?.code === 'chain.elsewhere';
}

/** Whether it is in use, or asks for something: then it is shown among however many. */
export function stirs(one: RoleProfileView): boolean {
  return valid(one) || one.state === 'expired' || concern(one) !== 'idle' || (one.problem !== null && !elsewhere(one));
}

export function pod({ origin }: RoleProfileView): Pod | null {
  return origin?.type === 'pod' ? origin.pod : null;
}

/** The one action that comes first; none while there is nothing to press. */
export function firstAction(one: RoleProfileView): 'assume' | 'become' | null {
  const stands = standing(one);
  if (stands !== 'signed_out' && stands !== 'expired') return null;
  return pod(one) ? 'become' : 'assume';
}

/** The others, in the menu's order; the console's is followed by what can be copied. */
export function menuActions(one: RoleProfileView): RoleAction[] {
  const stands = standing(one);
  if (stands === 'expired') return ['sign-out'];
  if (stands !== 'active' && stands !== 'ending_soon') return [];
  return [pod(one) ? 'become' : 'renew', 'console', 'sign-out'];
}

/** How a kubeconfig's context is shown: of EKS's long ARNs the cluster's name first. */
export function contextName(context: string): string {
  const [, , , region, account, cluster] = /^arn:[^:]*:eks:/u.test(context) ? context.split(':') : [];
  return cluster?.startsWith('cluster/') ? [cluster.slice(8), region, account].filter(Boolean).join(' · ') : context;
}

export function samePod(one: Pod | null, other: Pod): boolean {
  return one?.context === other.context && one.namespace === other.namespace && one.service_account === other.service_account;
}

/** What a token says, as names and values. */
export function claimed({ issuer, subject, audiences, expires }: Claims, t: Dictionary, now: number, locale: Locale): [string, string][] {
  const end = instant(expires);
  return [
    [t.reach.issuer, issuer],
    [t.reach.subject, subject],
    [t.reach.audience, audiences.join(', ')],
    [end !== null && end <= now ? t.reach.over : t.reach.ends, end === null ? '' : moment(end, now, locale)],
  ];
}

/** A profile's name as a shell takes it, word for word. */
export function shellName(name: string): string {
  return /[^\w.@/-]/u.test(name) ? `'${name.replaceAll("'", "'\\''")}'` : name;
}
