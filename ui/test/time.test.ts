import { describe, expect, it } from 'vitest';
import { clock, countdown, HOUR, instant, MINUTE, minutesLeft, moment, nextTick, parts } from '../src/lib/time';

const at = (text: string) => new Date(text).getTime();
const TEN = at('2026-11-23T10:00:00');

describe('the time left', () => {
  it.each([
    [TEN, TEN + 7 * HOUR + 12 * MINUTE, ['7', '12']],
    [TEN, TEN + HOUR, ['1', '0']],
    [TEN, TEN + 59 * MINUTE, ['59']],
    [TEN + 30_000, TEN + HOUR, ['1', '0']],
    [TEN, TEN + 59_000, ['<1']],
    [TEN, TEN, ['0']],
    [TEN, TEN - HOUR, ['0']],
  ])('from %i to %i is %j', (now, until, counts) => {
    expect(parts(until, now).map((part) => part.count)).toEqual(counts);
  });

  it('never disagrees with the wall clock: "until 17:42" at 17:40:59 is two minutes', () => {
    expect(minutesLeft(at('2026-11-23T17:42:30'), at('2026-11-23T17:40:59'))).toBe(2);
  });
});

it.each([
  [272_000, '4:32'],
  [271_001, '4:32'],
  [1, '0:01'],
  [0, '0:00'],
  [-5000, '0:00'],
])('counts %i ms down as %s', (left, said) => expect(countdown(TEN + left, TEN)).toBe(said));

it('says the hour as 24 hours in both languages', () => {
  expect(clock(at('2026-11-23T17:42:10'), 'en')).toBe('17:42');
  expect(clock(at('2026-11-23T00:05:00'), 'de')).toBe('00:05');
});

it('names the day only where the hour alone could mislead', () => {
  const night = at('2026-11-23T22:00:00');
  expect(moment(at('2026-11-24T06:00:00'), night, 'en')).toBe('06:00');
  expect(moment(at('2026-11-22T23:00:00'), night, 'en')).toContain('22 Nov');
});

it('ticks at the next minute, or at an instant before it', () => {
  expect(nextTick(TEN + 15_000, [])).toBe(45_000);
  expect(nextTick(TEN + 15_000, [TEN, TEN + 20_000])).toBe(5000);
});

it('takes nonsense for nothing', () => {
  expect(instant('soon')).toBeNull();
  expect(instant(null)).toBeNull();
});
