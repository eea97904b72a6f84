import { describe, expect, it } from 'vitest';
import { arn, profile } from '../dev/scenes';
import { cancellable, compact, others, primary, shape, standing, wantsSignIn } from '../src/lib/card';
import { arc, hourHand } from '../src/lib/dial';
import { filterProfiles } from '../src/lib/profiles';
import { HOUR } from '../src/lib/time';

const ROLE = arn('111111111111', 'Reader');
const held = { role: ROLE, roles: [ROLE, arn('111111111111', 'Admin')] };

describe('a card', () => {
  it.each([
    ['active', profile('a', { state: 'active', ...held }), 'renew', ['switch', 'console', 'copy', 'edit', 'sign-out', 'forget']],
    ['foreign', profile('a', { state: 'active' }), 'sign-in', ['edit']],
    ['ending_soon', profile('a', { state: 'ending_soon', ...held }), 'renew', ['switch', 'console', 'copy', 'edit', 'sign-out', 'forget']],
    ['expired', profile('a', { state: 'expired', ...held }), 'sign-in', ['switch', 'edit', 'sign-out', 'forget']],
    ['signed_out', profile('a', {}), 'sign-in', ['edit']],
    ['signing_in', profile('a', { activity: 'signing_in' }), 'show', ['cancel']],
    ['choosing', profile('a', { activity: 'choosing' }), 'choose', ['cancel']],
    ['assuming', profile('a', { activity: 'assuming' }), null, []],
    ['unusable', profile('a', { state: 'unusable' }), null, []],
  ] as const)('that is %s', (stands, one, first, rest) => {
    expect(standing(one)).toBe(stands);
    expect(primary(one)).toBe(first);
    expect(others(one)).toEqual(rest);
  });

  it('is a row only where there are many and nothing is to be said', () => {
    expect(compact(profile('a', {}), 3)).toBe(false);
    expect(compact(profile('a', {}), 4)).toBe(true);
    expect(compact(profile('a', { activity: 'choosing' }), 40)).toBe(false);
  });

  it('has the mark of work while something is under way', () => {
    expect(shape(profile('a', { state: 'active', activity: 'assuming' }))).toBe('working');
  });
});

describe('a renewal that nobody asked for', () => {
  it.each(['active', 'ending_soon', 'expired'] as const)('leaves a card that is %s as it is', (state) => {
    const still = profile('a', { state, ...held });
    const renewing = { ...still, activity: 'renewing' } as const;
    for (const shown of [standing, primary, others, shape, wantsSignIn, cancellable]) expect(shown(renewing)).toEqual(shown(still));
  });
});

it('the dial’s arc runs from the hour hand to where it will stand', () => {
  const nine = new Date('2026-11-23T21:00:00').getTime();
  expect(hourHand(nine)).toBe(0.75);
  expect(arc(nine, nine + 3 * HOUR)).toEqual({ from: 0.75, length: 0.25 });
  expect(arc(nine, nine + 40 * HOUR).length).toBe(1);
  expect(arc(nine, nine - HOUR).length).toBe(0);
});

it('profiles are found by name, role and account', () => {
  const list = [profile('alpha', held), profile('beta', {})];
  const names = { '111111111111': 'Production' };
  expect(filterProfiles(list, names, 'prod read').map((one) => one.name)).toEqual(['alpha']);
  expect(filterProfiles(list, names, 'BET').map((one) => one.name)).toEqual(['beta']);
});
