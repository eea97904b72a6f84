// Where the window goes by itself: to the roles when a sign-in waits for a choice, back when that is over.
import type { Board, Page, ProfileName } from './wire';

/** A page, or the form of an existing profile, which nobody opens from outside. */
export type Spot = Page | { type: 'edit'; profile: ProfileName };

function choosing(board: Board | null): ProfileName[] {
  return board?.view.profiles.filter((profile) => profile.activity === 'choosing').map((profile) => profile.name) ?? [];
}

/** The page that a changed board asks for; `null` where the person stays. `busy`: a form is being filled in. */
export function turned(spot: Spot, before: Board | null, after: Board, busy: boolean): Spot | null {
  const then = choosing(before);
  const now = choosing(after);
  if (spot.type === 'roles') {
    const shown = after.view.profiles.some((profile) => profile.name === spot.profile);
    const over = then.includes(spot.profile) && !now.includes(spot.profile);
    return shown && !over ? null : { type: 'sessions' };
  }
  const fresh = now.find((name) => !then.includes(name));
  return fresh !== undefined && !busy ? { type: 'roles', profile: fresh } : null;
}
