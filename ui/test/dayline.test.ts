import { describe, expect, it } from 'vitest';
import { profile, detail } from '../dev/scenes';
import { dayLine } from '../src/lib/dayline';
import { HOUR } from '../src/lib/time';

const at = (text: string) => new Date(text);
const held = (began: string | null, until: string) =>
  profile('work', { state: 'active', began: began && at(began).toISOString(), until: at(until).toISOString() });

describe('the span', () => {
  it('is today where every session lies in it', () => {
    const line = dayLine([held('2026-11-23T09:00:00', '2026-11-23T17:00:00')], [], [30], +at('2026-11-23T12:00:00'));
    expect(line.end - line.start).toBe(24 * HOUR);
    expect(line.now).toBe(0.5);
    expect(line.bars[0]?.from).toBeCloseTo(9 / 24);
    expect(line.bars[0]?.to).toBeCloseTo(17 / 24);
    expect(line.bars[0]?.warnings[0]).toBeCloseTo(16.5 / 24);
    expect(line.marks.filter((mark) => mark.labelled).map((mark) => mark.hour)).toEqual([0, 6, 12, 18, 0]);
  });

  it('is what the sessions need where one crosses midnight', () => {
    const line = dayLine([held('2026-11-23T20:20:00', '2026-11-24T04:20:00')], [], [], +at('2026-11-23T22:00:00'));
    expect(new Date(line.start).getHours()).toBe(20);
    expect(line.end - line.start).toBe(12 * HOUR);
    expect(line.now).toBeCloseTo(2 / 12);
    expect(line.bars[0]?.to).toBeLessThan(1);
  });
});

it('measures in real time, so that a day of 25 hours comes out right', () => {
  const days = Array.from({ length: 366 }, (_, day) => new Date(2026, 0, 1 + day));
  const lengths = new Set<number>();
  for (const day of days) {
    const next = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
    const noon = new Date(day.getFullYear(), day.getMonth(), day.getDate(), 12);
    const line = dayLine([], [], [], noon.getTime());
    lengths.add((line.end - line.start) / HOUR);
    expect(line.end).toBe(next.getTime());
    expect(line.now).toBeCloseTo((noon.getTime() - day.getTime()) / (next.getTime() - day.getTime()));
  }
  expect([...lengths].sort()).toEqual([23, 24, 25]);
});

it('guesses an unknown beginning from the usual duration', () => {
  const line = dayLine([held(null, '2026-11-23T17:00:00')], [detail('work', { duration: 4 })], [], +at('2026-11-23T14:00:00'));
  expect(line.bars[0]).toMatchObject({ guessed: true });
  expect(line.bars[0]?.from).toBeCloseTo(13 / 24);
});

describe('a session that is over', () => {
  const expired = (began: string | null, until: string) => ({ ...held(began, until), state: 'expired' as const });

  it('has its bar until it ended', () => {
    const line = dayLine([expired('2026-11-23T09:00:00', '2026-11-23T15:00:00')], [], [], +at('2026-11-23T18:00:00'));
    expect(line.bars[0]).toMatchObject({ state: 'expired', guessed: false, until: +at('2026-11-23T15:00:00') });
    expect(line.bars[0]?.to).toBeCloseTo(15 / 24);
  });

  it('of last night does not stretch today', () => {
    const line = dayLine([expired('2026-11-22T20:00:00', '2026-11-23T04:00:00')], [], [], +at('2026-11-23T18:00:00'));
    expect(line.end - line.start).toBe(24 * HOUR);
    expect(line.bars[0]).toMatchObject({ from: 0 });
    expect(line.bars[0]?.to).toBeCloseTo(4 / 24);
  });

  it('has none where nobody knows when it ended', () => {
    expect(dayLine([profile('work', { state: 'expired' })], [], [], +at('2026-11-23T18:00:00')).bars).toEqual([]);
  });
});

it('leaves out what ended before today, and who is signed out', () => {
  const now = +at('2026-11-23T08:00:00');
  const yesterday = { ...held('2026-11-22T09:00:00', '2026-11-22T17:00:00'), state: 'expired' as const };
  expect(dayLine([yesterday, profile('play', {})], [], [], now).bars).toEqual([]);
});

describe('a session that is renewed by itself', () => {
  const renewing = { ...held('2026-11-23T09:00:00', '2026-11-23T18:00:00'), renews: at('2026-11-23T17:40:00').toISOString() };
  const now = +at('2026-11-23T12:00:00');

  it('has a mark for that instead of its warnings', () => {
    const bar = dayLine([renewing], [], [30, 5], now).bars[0];
    expect(bar?.warnings).toEqual([]);
    expect(bar?.renewal).toBeCloseTo(17.6667 / 24);
    expect(dayLine([{ ...renewing, renews: null }], [], [30, 5], now).bars[0]?.renewal).toBeNull();
  });

  it('has its warnings again where it ends after all', () => {
    expect(dayLine([{ ...renewing, state: 'ending_soon' }], [], [30, 5], now).bars[0]?.warnings).toHaveLength(2);
  });
});
