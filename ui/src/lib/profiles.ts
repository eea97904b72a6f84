// Finding a profile among many.
import { role, type Accounts } from './roles';
import type { ProfileView } from './wire';

/** The profiles whose name, role, or account holds every word of the text. */
export function filterProfiles(profiles: ProfileView[], accounts: Accounts, text: string): ProfileView[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return profiles;
  return profiles.filter((profile) => {
    const held = profile.role ?? profile.recent[0];
    const { name, account } = held ? role(held) : { name: '', account: '' };
    const spoken = [profile.name, name, account, accounts[account] ?? ''].join(' ').toLowerCase();
    return words.every((word) => spoken.includes(word));
  });
}
