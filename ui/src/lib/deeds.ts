// What the buttons of a card do.
import type { Action } from './card';
import { store } from './board.svelte';
import type { RoleAction } from './reach';
import { period, t } from './text/index.svelte';
import type { Pod, ProfileName, Shell, Told } from './wire';

type Named = { name: ProfileName };

/** In the order of the menu. */
const SHELLS: readonly Shell[] = ['bash', 'fish', 'powershell', 'cmd', 'json'];

export function perform(action: Exclude<Action, 'copy'>, { name }: Named): void {
  switch (action) {
    case 'choose':
    case 'switch':
      return store.go({ type: 'roles', profile: name });
    case 'edit':
      return store.go({ type: 'edit', profile: name });
    case 'sign-in':
    case 'show':
      return void store.act(name, { type: 'sign_in', profile: name });
    case 'renew':
      return void store.act(name, { type: 'renew', profile: name });
    case 'console':
      return void store.act(name, { type: 'console', profile: name, service: null });
    case 'cancel':
      return void store.act(name, { type: 'cancel', profile: name });
    case 'sign-out':
      return void store.act(name, { type: 'sign_out', profile: name, forget: false });
    case 'forget':
      return void forget(name);
  }
}

async function forget(name: ProfileName): Promise<void> {
  const told = await store.act(name, { type: 'sign_out', profile: name, forget: true });
  if (told.type === 'done') store.say(t().card.forgot);
}

/** With a role profile. */
export function performRole(action: Exclude<RoleAction, 'become'>, { name }: Named): void {
  if (action === 'console' || action === 'sign-out') perform(action, { name });
  // A role that is assumed is assumed anew.
  else void store.act(name, { type: 'assume', profile: name });
}

/** Takes a pod's role again, into the profile that had it. */
export async function becomeAgain(pod: Pod, name: ProfileName): Promise<Told> {
  const told = await store.act(name, { type: 'become_pod', pod, name });
  if (told.type === 'became') store.say(t().pods.became(told.became.profile));
  return told;
}

/** The menu of what credentials can be copied as. */
export function shellItems(profile: Named) {
  return SHELLS.map((shell, at) => ({
    label: t().card.shells[shell],
    action: `copy-${shell}`,
    run: () => void copy(profile, shell),
    ...(at === 0 ? { heading: t().card.copyFor } : {}),
  }));
}

async function copy({ name }: Named, shell: Shell): Promise<void> {
  const told = await store.act(name, { type: 'copy', profile: name, shell });
  if (told.type === 'copied') store.say(t().card.copied(period(told.clears_after)));
}
