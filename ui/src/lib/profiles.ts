// Finding a profile among many.
import { role, type Accounts } from './roles';
import type { ProfileView, RoleArn, RoleProfileView, ServiceAccount } from './wire';

/** Those of whose texts every word typed is somewhere. */
function filtered<T>(all: T[], text: string, spoken: (one: T) => string[]): T[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return all;
  return all.filter((one) => {
    const line = spoken(one).join(' ').toLowerCase();
    return words.every((word) => line.includes(word));
  });
}

/** What a role is called, and its account. */
function called(arn: RoleArn | null | undefined, accounts: Accounts): string[] {
  const { name, account } = role(arn ?? '');
  return [name, account, accounts[account] ?? ''];
}

/** By name, role, or account. */
export function filterProfiles(profiles: ProfileView[], accounts: Accounts, text: string): ProfileView[] {
  return filtered(profiles, text, (one) => [one.name, ...called(one.role ?? one.recent[0], accounts)]);
}

/** By name, role, account, or the pod's parts. */
export function filterRoleProfiles(profiles: RoleProfileView[], accounts: Accounts, text: string): RoleProfileView[] {
  return filtered(profiles, text, (one) => [one.name, ...called(one.role, accounts), ...(one.origin?.type === 'pod' ? Object.values(one.origin.pod) : [])]);
}

/** By namespace, name, role, or account. */
export function filterServiceAccounts(all: ServiceAccount[], accounts: Accounts, text: string): ServiceAccount[] {
  return filtered(all, text, (one) => [`${one.namespace}/${one.name}`, one.annotation, ...called(one.role, accounts)]);
}
