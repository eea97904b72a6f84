// The day line's geometry: which stretch of time it shows, and where on it everything lies (0 is its left end, 1 its
// right). Positions are measured in real time, marks stand on local hours: a day of 23 or 25 hours comes out right.
import { HOUR, instant, MINUTE } from './time';
import type { Details, ProfileView, State } from './wire';

export type Bar = {
  profile: string;
  state: State;
  from: number;
  to: number;
  began: number;
  until: number;
  /** Its beginning is a guess (another tool wrote the credentials): it fades in. */
  guessed: boolean;
  /** Where the warnings stand: none where it is renewed before its end. */
  warnings: number[];
  /** When it is renewed unasked, and where that lies. */
  renews: number | null;
  renewal: number | null;
};

export type Mark = { at: number; hour: number; labelled: boolean };

export type DayLine = { start: number; end: number; now: number; bars: Bar[]; marks: Mark[] };

/** The shortest stretch that is drawn where a session crosses midnight. */
const SHORTEST = 12 * HOUR;

type Session = Omit<Bar, 'from' | 'to' | 'warnings' | 'renewal'>;

/** What of the profiles has a place in the day; sessions that ended before today have none. */
function sessions(profiles: ProfileView[], details: Details[], now: number): Session[] {
  const hours = new Map(details.map((detail) => [detail.profile, detail.duration]));
  return profiles.flatMap((profile) => {
    const until = instant(profile.until);
    if (until === null || until <= midnight(now, 0) || profile.state === 'signed_out' || profile.state === 'unusable') return [];
    const began = instant(profile.began);
    const guess = until - (hours.get(profile.name) ?? 1) * HOUR;
    return [{ profile: profile.name, state: profile.state, began: began ?? guess, until, renews: instant(profile.renews), guessed: began === null }];
  });
}

/** Local midnight of the day of `at`, `days` later. */
function midnight(at: number, days: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** The full local hour at or before (`up`: at or after) an instant. */
function fullHour(at: number, up: boolean): number {
  const date = new Date(at);
  date.setMinutes(0, 0, 0);
  return up && date.getTime() < at ? date.getTime() + HOUR : date.getTime();
}

/** Today where all sessions lie in it; else from the earliest beginning to the latest end, `now` among them. */
function span(held: Session[], now: number): [number, number] {
  const today: [number, number] = [midnight(now, 0), midnight(now, 1)];
  // Of what is over only today's part counts.
  const begins = held.map((one) => (one.state === 'expired' ? Math.max(one.began, today[0]) : one.began));
  if (Math.min(...begins) >= today[0] && held.every((one) => one.until <= today[1])) return today;
  const start = fullHour(Math.min(now, ...begins), false);
  const end = fullHour(Math.max(now, ...held.map((one) => one.until)), true);
  return [start, Math.max(end, start + SHORTEST)];
}

/** A mark every third hour of a whole day, every second or each of less; each second one has its number. */
function marks(start: number, end: number): Mark[] {
  const hours = (end - start) / HOUR;
  const step = hours > 18 ? 3 : hours > 8 ? 2 : 1;
  const found: Mark[] = [];
  for (let at = fullHour(start, true); at <= end; at += HOUR) {
    const hour = new Date(at).getHours();
    if (hour % step === 0) found.push({ at: (at - start) / (end - start), hour, labelled: hour % (2 * step) === 0 });
  }
  return found;
}

/** While a session is well and renewed by itself nothing warns of its end. */
function warns({ state, renews }: Session): boolean {
  return state !== 'active' || renews === null;
}

export function dayLine(profiles: ProfileView[], details: Details[], warn_before: number[], now: number): DayLine {
  const held = sessions(profiles, details, now);
  const [start, end] = span(held, now);
  const place = (at: number) => Math.min(1, Math.max(0, (at - start) / (end - start)));
  const bars = held
    .map((one) => ({
      ...one,
      from: place(one.began),
      to: place(one.until),
      warnings: (warns(one) ? warn_before : [])
        .map((minutes) => one.until - minutes * MINUTE)
        .filter((at) => at > one.began && at < one.until)
        .map(place),
      renewal: one.renews === null ? null : place(one.renews),
    }))
    .sort((a, b) => a.until - b.until);
  return { start, end, now: place(now), bars, marks: marks(start, end) };
}
