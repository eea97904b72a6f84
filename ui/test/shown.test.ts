// What the components make of what they are given, as far as their first drawing shows it.
import { render } from 'svelte/server';
import { beforeEach, expect, it, vi } from 'vitest';
import { DRAFT, profile, SCENES, when } from '../dev/scenes';
import { store } from '../src/lib/board.svelte';
import type { Board } from '../src/lib/wire';
import Card from '../src/parts/Card.svelte';
import DraftForm from '../src/parts/DraftForm.svelte';
import Progress from '../src/parts/Progress.svelte';
import Configure from '../src/views/Configure.svelte';

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
  const { body } = render(DraftForm, { props: { draft: { ...DRAFT }, edits, certain: true, failed: null, saved: () => undefined } });
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
