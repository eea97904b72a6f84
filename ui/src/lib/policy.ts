// What an administrator's policy takes out of the person's hands, and what that makes of the form.
import type { Draft, Lock, PolicyShown } from './wire';

/** Whose policy sets it; null where it is the person's own. */
export function lockedBy(policy: PolicyShown | null, lock: Lock): string | null {
  return policy?.locked.includes(lock) ? policy.by : null;
}

/** The draft with what the policy sets: what the form shows and cannot change is what is saved. */
export function permitted(draft: Draft, policy: PolicyShown | null): Draft {
  const longest = policy?.max_hours ?? null;
  const hours = Number(draft.duration);
  return {
    ...draft,
    duration: longest !== null && hours > longest ? String(longest) : draft.duration,
    process: draft.process || lockedBy(policy, 'process') !== null,
    remember_me: draft.remember_me && lockedBy(policy, 'remember_me') === null,
  };
}

/** A new draft, too: where there is only one tenant nobody has to type it. */
export function begun(draft: Draft, policy: PolicyShown | null): Draft {
  const only = policy?.tenants.length === 1 ? policy.tenants[0] : undefined;
  return permitted({ ...draft, tenant: draft.tenant || (only?.id ?? '') }, policy);
}
