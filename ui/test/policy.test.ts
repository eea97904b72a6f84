import { describe, expect, it } from 'vitest';
import { DRAFT, POLICY } from '../dev/scenes';
import { begun, lockedBy, permitted } from '../src/lib/policy';
import { EMPTY } from '../src/lib/wizard';
import type { PolicyShown } from '../src/lib/wire';

const bare: PolicyShown = { ...POLICY, locked: [], tenants: [], max_hours: null };

it('a lock says whose it is', () => {
  expect(lockedBy(POLICY, 'renew')).toBe('Example GmbH');
  expect(lockedBy(bare, 'renew')).toBeNull();
  expect(lockedBy(null, 'renew')).toBeNull();
});

describe('a draft', () => {
  it('is what the policy makes of it', () => {
    expect(permitted(DRAFT, POLICY)).toEqual({ ...DRAFT, duration: '4', process: true, remember_me: false });
    expect(permitted({ ...DRAFT, duration: '3' }, POLICY).duration).toBe('3');
    expect(permitted({ ...DRAFT, duration: 'long' }, POLICY).duration).toBe('long');
  });

  it('stays where nothing is laid down', () => {
    for (const policy of [bare, null]) expect(begun({ ...DRAFT, process: true, remember_me: false }, policy)).toEqual({ ...DRAFT, process: true, remember_me: false });
  });

  it('begins with the tenant where there is only one, and keeps what it has', () => {
    const one = { ...bare, tenants: [{ name: 'Example GmbH', id: 'example.org' }] };
    expect(begun(EMPTY, one).tenant).toBe('example.org');
    expect(begun({ ...EMPTY, tenant: 'other.example' }, one).tenant).toBe('other.example');
    expect(begun(EMPTY, POLICY).tenant).toBe('');
  });
});
