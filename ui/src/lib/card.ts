// What a profile's card shows: its shape, and what can be done, worked out from what is held and what is under way.
import type { Activity, ProfileView } from './wire';

/** The mark's vocabulary. */
export type Shape = 'active' | 'ending_soon' | 'expired' | 'signed_out' | 'working' | 'unusable';

/** One word for how a profile stands; each has its sentence in the dictionaries. */
export type Standing =
  | 'active'
  | 'foreign'
  | 'ending_soon'
  | 'expired'
  | 'signed_out'
  | 'unusable'
  | 'signing_in'
  | 'choosing'
  | 'assuming';

export type Action = 'sign-in' | 'renew' | 'choose' | 'show' | 'cancel' | 'switch' | 'console' | 'copy' | 'edit' | 'sign-out' | 'forget';

/** What an Entra profile and a role profile have in common. */
export type Held = Pick<ProfileView, 'state' | 'activity' | 'role'>;

/** Held by a session of ours; what another tool wrote has no role. */
function ours(profile: Held): boolean {
  return profile.role !== null;
}

/** What is under way as far as a person has to do with it. A renewal goes on unasked and unseen: what is held goes on
 *  working meanwhile, so everything stays as it is. */
export function concern({ activity }: Pick<Held, 'activity'>): Exclude<Activity, 'renewing'> {
  return activity === 'renewing' ? 'idle' : activity;
}

export function standing(profile: Held): Standing {
  if (profile.state === 'unusable') return 'unusable';
  const busy = concern(profile);
  if (busy !== 'idle') return busy;
  if (profile.state === 'active' && !ours(profile)) return 'foreign';
  return profile.state;
}

export function shape(profile: Held): Shape {
  if (profile.state !== 'unusable' && concern(profile) !== 'idle') return 'working';
  return profile.state;
}

/** Whether it still opens doors. */
export function valid(profile: Pick<Held, 'state'>): boolean {
  return profile.state === 'active' || profile.state === 'ending_soon';
}

/** Whether "Sign in to all" means it. */
export function wantsSignIn(profile: ProfileView): boolean {
  return concern(profile) === 'idle' && (profile.state === 'signed_out' || profile.state === 'expired');
}

/** Whether a cancel is heard. */
export function cancellable({ activity }: ProfileView): boolean {
  return activity === 'signing_in' || activity === 'choosing';
}

/** The one action that comes first. */
export function primary(profile: ProfileView): Action | null {
  switch (standing(profile)) {
    case 'active':
    case 'ending_soon':
      return 'renew';
    case 'foreign':
    case 'expired':
    case 'signed_out':
      return 'sign-in';
    case 'choosing':
      return 'choose';
    case 'signing_in':
      return 'show';
    case 'assuming':
    case 'unusable':
      return null;
  }
}

/** The others, in their order. */
export function others(profile: ProfileView): Action[] {
  const now = standing(profile);
  // An unusable profile has no form: its section is mended by hand. What AWS has been asked cannot be taken back.
  if (now === 'unusable' || now === 'assuming') return [];
  if (now === 'foreign') return ['edit'];
  if (cancellable(profile)) return ['cancel'];
  const held = valid(profile);
  return [
    ...(profile.roles.length > 1 && now !== 'signed_out' ? (['switch'] as const) : []),
    ...(held ? (['console', 'copy'] as const) : []),
    'edit',
    ...(held || now === 'expired' ? (['sign-out', 'forget'] as const) : []),
  ];
}

/** A row instead of a card: nothing held, nothing under way, nothing wrong, and too many to give each a card. */
export function compact(profile: ProfileView, count: number): boolean {
  return count > 3 && standing(profile) === 'signed_out' && profile.problem === null;
}
