// What the components make of what they are given, as far as their first drawing shows it.
import { render } from 'svelte/server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DRAFT, POLICY, profile, SCENES, when } from '../dev/scenes';
import { store } from '../src/lib/board.svelte';
import type { Board } from '../src/lib/wire';
import Card from '../src/parts/Card.svelte';
import DraftForm from '../src/parts/DraftForm.svelte';
import Progress from '../src/parts/Progress.svelte';
import EntryRow from '../src/parts/EntryRow.svelte';
import Configure from '../src/views/Configure.svelte';
import Settings from '../src/views/Settings.svelte';

function board(): Board {
  const made = SCENES.three?.().board;
  if (!made) throw new Error('no scene');
  return { ...made, choices: { ...made.choices, language: 'en' } };
}

vi.stubGlobal('navigator', { language: 'en' });
beforeEach(() => void (store.board = board()));

const role = 'arn:aws:iam::111111111111:role/Reader';

it('an expired card says when it ended, and counts nothing', () => {
  const ended = new Date();
  ended.setHours(0, 1, 0, 0);
  const { body } = render(Card, { props: { profile: profile('work', { state: 'expired', role, until: ended.toISOString() }), accounts: {} } });
  expect(body).toContain('ended 00:01');
  expect(body).not.toContain(' left<');
  const unknown = render(Card, { props: { profile: profile('work', { state: 'expired', role }), accounts: {} } }).body;
  expect(unknown).toContain('Expired');
  expect(unknown).not.toContain('ended');
});

it('an unusable card offers nothing', () => {
  const { body } = render(Card, { props: { profile: profile('work', { state: 'unusable' }), accounts: {} } });
  expect(body).not.toContain('data-action');
});

it.each([
  ['work', true],
  [null, false],
])('the name in the form of %j: read-only is %s', (edits, fixed) => {
  const { body } = render(DraftForm, { props: { draft: { ...DRAFT }, edits, policy: null, certain: true, failed: null, saved: () => undefined } });
  expect(/<input[^>]*name="name"[^>]*>/u.exec(body)?.[0].includes('readonly')).toBe(fixed);
  expect(body.includes('A profile keeps its name.')).toBe(fixed);
  expect(body.match(/readonly/gu)?.length ?? 0).toBe(fixed ? 1 : 0);
});

it('the first run shows what else the config file holds', () => {
  const first = { ...board(), view: { ...board().view, profiles: [] } };
  expect(render(Configure, { props: { board: first, edits: null } }).body).toContain('terraform');
  expect(render(Configure, { props: { board: { ...first, others: [] }, edits: null } }).body).not.toContain('<details');
});

it.each([
  ['cancelled', 'idle', 'The sign-in was cancelled', 'again', 'cancel'],
  ['going', 'signing_in', 'Signing in', 'cancel', 'again'],
  ['going', 'choosing', 'Choose a role', 'cancel', 'again'],
  ['going', 'assuming', 'Signing in', null, 'cancel'],
  ['done', 'idle', 'You are signed in', 'to-sessions', 'cancel'],
] as const)('the first sign-in, %s and %s', (how, activity, heading, has, lacks) => {
  const one = profile('work', { activity, role, until: when(1), roles: [role] });
  const { body } = render(Progress, { props: { board: board(), profile: one, how, problem: null, again: () => undefined } });
  const live = /aria-live="polite">(.*?)<\/div>/su.exec(body)?.[1];
  expect(live).toContain(heading);
  expect(live).not.toContain('role="listbox"');
  expect(body.includes('role="listbox"')).toBe(activity === 'choosing');
  if (has) expect(body).toContain(`data-action="${has}"`);
  expect(body).not.toContain(`data-action="${lacks}"`);
});

/** The tags that carry this name. */
const named = (body: string, name: string) => body.match(new RegExp(`<(?:input|select)[^>]*name="${name}"[^>]*>`, 'gu')) ?? [];
/** What describes the only control of this name to a screen reader. */
function described(body: string, name: string): string {
  const id = /aria-describedby="([^"]*)"/u.exec(named(body, name)[0] ?? '')?.[1] ?? '';
  return body.slice(body.indexOf(`id="${id}"`)).slice(0, 900);
}

describe('a renewal that nobody asked for', () => {
  const one = profile('work', { state: 'active', role, until: when(2), renews: when(1.7) });
  const card = (change: object) => render(Card, { props: { profile: { ...one, ...change }, accounts: {} } }).body;

  it('is announced on the card', () => {
    expect(card({})).toContain('Renews by itself at ');
    expect(card({ renews: null })).not.toContain('Renews');
  });

  it('goes on beside everything that can be done', () => {
    const body = card({ activity: 'renewing' });
    expect(body).toContain('Renewing …');
    for (const action of ['renew', 'console', 'copy', 'more']) expect(body).toContain(`data-action="${action}"`);
    expect(body).not.toContain('turning');
    expect(body).not.toContain('data-action="cancel"');
  });
});

describe('what a policy has set', () => {
  const LOCKED = ['renew', 'warning', 'os_sign_on', 'process', 'remember_me'];

  it('cannot be changed in the settings, which say whose it is', () => {
    const free = render(Settings, { props: { board: board() } }).body;
    const { body } = render(Settings, { props: { board: { ...board(), policy: POLICY } } });
    for (const name of LOCKED) {
      for (const tag of named(free, name)) expect(tag, name).not.toContain('disabled');
      expect(named(body, name).length, name).toBeGreaterThan(0);
      for (const tag of named(body, name)) expect(tag, name).toContain('disabled');
      expect(described(body, name), name).toContain('Set by Example GmbH.');
    }
    expect(named(body, 'theme')[0]).not.toContain('disabled');
    expect(body).toContain(POLICY.path);
    expect(free).not.toContain('Set by');
  });

  it('cannot be changed in the form, which offers the tenants and names the limit', () => {
    const form = { draft: { ...DRAFT }, edits: null, certain: true, failed: null, saved: () => undefined };
    const { body } = render(DraftForm, { props: { ...form, policy: POLICY } });
    expect(named(body, 'remember_me')[0]).toContain('disabled');
    expect(/<fieldset[^>]*disabled/u.test(body)).toBe(true);
    expect(body).toContain('1 to 4: the limit is set by Example GmbH.');
    expect(body).toContain('Only a login host that Example GmbH allows.');
    expect(body).toContain('<option value="research.example.org" label="Example Research">');
    expect(render(DraftForm, { props: { ...form, policy: null } }).body).not.toContain('Example GmbH');
  });
});

describe('at login', () => {
  it.each([
    [null, 0, false],
    [false, 1, true],
    [true, 1, false],
  ])('where starting with the desktop is %j', (start_at_login, shown, idle) => {
    const { body } = render(Settings, { props: { board: { ...board(), start_at_login } } });
    expect(named(body, 'start_at_login')).toHaveLength(shown);
    expect(named(body, 'sign_in_at_login')).toHaveLength(shown);
    expect(named(body, 'sign_in_at_login')[0]?.includes('disabled') ?? false).toBe(idle);
  });
});

it('an identity broker is offered while it is off and nobody has locked it', () => {
  const settings = (identity_broker: boolean | null, os_sign_on: boolean, policy: Board['policy'] = null) => {
    const plain = board();
    const shown = { ...plain, policy, place: { ...plain.place, identity_broker }, choices: { ...plain.choices, os_sign_on } };
    return render(Settings, { props: { board: shown } }).body;
  };
  const offer = '>A broker is available on this computer.<';
  expect(settings(true, false)).toContain(offer);
  expect(settings(true, true)).not.toContain(offer);
  expect(settings(false, false)).not.toContain(offer);
  expect(settings(null, false)).not.toContain(offer);
  expect(settings(true, false, POLICY)).not.toContain(offer);
});

it('a profile without the computer’s own sign-on says so', () => {
  const plain = board();
  const without = { ...plain, details: plain.details.map((one, at) => ({ ...one, os_sso: at > 0 })) };
  expect(render(Settings, { props: { board: plain } }).body).not.toContain('sign-on is off');
  expect(render(Settings, { props: { board: without } }).body.match(/sign-on is off/gu)).toHaveLength(1);
});

it('an entry of the log says what, how, by which door, and what names it elsewhere', () => {
  const entry = { at: '2026-11-23T09:05:00Z', profile: 'work', door: 'renewal', event: 'assumed', role, until: '2026-11-23T17:05:00Z', access_key_id: 'ASIAEXAMPLE', how: 'silent' } as const;
  const { body } = render(EntryRow, { props: { entry, accounts: { '111111111111': 'Production' } } });
  for (const part of ['10:05', 'work', 'Reader in 111111111111 (Production) until 18:05', 'silently · by renewal', 'ASIAEXAMPLE']) expect(body).toContain(part);
});
