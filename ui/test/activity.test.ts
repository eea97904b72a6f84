import { describe, expect, it } from 'vitest';
import { log } from '../dev/scenes';
import { days, filterEntries, how, joined, mark, renewed, what } from '../src/lib/activity';
import { de } from '../src/lib/text/de';
import { en } from '../src/lib/text/en';
import { shownDay } from '../src/lib/time';
import type { Entry } from '../src/lib/wire';

const ACCOUNTS = { '111111111111': 'Production' };
const local = (text: string) => new Date(text).toISOString();
const assumed = (at: string, change: Partial<Extract<Entry, { event: 'assumed' }>> = {}): Entry => ({
  at: local(at), profile: 'work', door: 'tray', event: 'assumed', role: 'arn:aws:iam::111111111111:role/ci/Deploy', until: local('2026-11-23T17:42:10'),
  access_key_id: 'ASIAEXAMPLE', how: 'person', ...change,
});
const out = (at: string, forgot: boolean): Entry => ({ at: local(at), profile: 'data', door: 'window', event: 'signed_out', forgot });
const failed = (at: string, code: string): Entry => ({ at: local(at), profile: 'play', door: 'renewal', event: 'failed', code });

describe('the days', () => {
  it('are local ones, in the order of the log', () => {
    const entries = [out('2026-11-23T00:01:00', false), out('2026-11-22T23:59:00', false), out('2026-11-22T08:00:00', true)];
    expect(days(entries).map((day) => day.entries)).toEqual([[entries[0]], [entries[1], entries[2]]]);
    expect(days([])).toEqual([]);
  });

  it('of 25 hours are one', () => {
    expect(days([out('2026-10-25T23:59:00', false), out('2026-10-25T00:00:00', false)])).toHaveLength(1);
  });

  it('of another year say which', () => {
    const now = +new Date('2026-11-23T10:00:00');
    expect(shownDay(+new Date('2025-12-31T10:00:00'), now, 'en')).toMatch(/^Wednesday,? 31 December 2025$/u);
    expect(shownDay(now, now, 'de')).toBe('Montag, 23. November');
  });

  it('take nonsense for long ago, not for an error', () => {
    expect(days([{ ...out('2026-11-23T10:00:00', false), at: 'soon' }])).toHaveLength(1);
  });
});

describe('the words', () => {
  it.each([
    [assumed('2026-11-23T09:00:00'), 'Deploy in 111111111111 (Production) until 17:42', 'answered by you · from the tray', 'ASIAEXAMPLE'],
    [assumed('2026-11-23T09:00:00', { how: 'silent', door: 'tool', role: 'arn:aws:iam::222222222222:role/Reader' }), 'Reader in 222222222222 until 17:42', 'silently · for a tool', 'ASIAEXAMPLE'],
    [out('2026-11-23T09:00:00', false), 'Signed out', 'from the window', null],
    [out('2026-11-23T09:00:00', true), 'Signed out and forgot the sign-in', 'from the window', null],
    [failed('2026-11-23T09:00:00', 'sign_in.cancelled'), 'Failed', 'by renewal', 'sign_in.cancelled'],
  ])('of %#', (entry, said, by, name) => {
    expect([what(entry, ACCOUNTS, en, 'en'), how(entry, en), mark(entry)]).toEqual([said, by, name]);
  });

  it('of a failure are the headline where the language has one', () => {
    expect(what(failed('2026-11-23T09:00:00', 'sign_in.cancelled'), {}, de, 'de')).toBe('Die Anmeldung wurde abgebrochen');
  });
});

it('the filter finds what is shown', () => {
  const entries = [assumed('2026-11-23T09:00:00'), out('2026-11-23T09:00:00', true), failed('2026-11-23T09:00:00', 'aws.access_denied')];
  const find = (text: string) => filterEntries(entries, ACCOUNTS, text, en, 'en').map((entry) => entry.event);
  expect(find(' ')).toHaveLength(3);
  expect(find('PROD deploy')).toEqual(['assumed']);
  expect(find('forgot')).toEqual(['signed_out']);
  expect(find('access_denied')).toEqual(['failed']);
  expect(find('asiaexample tray')).toEqual(['assumed']);
  expect(find('elsewhere')).toEqual([]);
});

describe('the pages', () => {
  const all = log(120);

  it('are one list, also where something was recorded between two of them', () => {
    expect(joined(all.slice(0, 50), all.slice(50, 100))).toEqual(all.slice(0, 100));
    expect(joined(all.slice(0, 50), all.slice(48, 98))).toEqual(all.slice(0, 98));
  });

  it('stay when the newest comes anew', () => {
    expect(renewed(all.slice(0, 50), all.slice(2, 102))).toEqual(all.slice(0, 102));
    expect(renewed(all.slice(0, 50), all.slice(0, 100))).toEqual(all.slice(0, 100));
  });

  it('begin anew where there would be a gap', () => {
    expect(renewed(all.slice(0, 50), all.slice(50, 100))).toEqual(all.slice(0, 50));
    expect(renewed([], all.slice(0, 50))).toEqual([]);
    expect(renewed(all.slice(0, 50), [])).toEqual(all.slice(0, 50));
  });
});
