// Instants and how they are said. Minutes are counted as a wall clock shows them: "until 17:42" at 17:40:59 is two
// minutes, so that the time left and the time it ends never disagree on the same card.

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export type Locale = 'en' | 'de';

/** Milliseconds since 1970; `null` for nothing and for nonsense. */
export function instant(text: string | null): number | null {
  const at = text === null ? NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** Whole minutes left on the wall clock; 0 in the last minute and after it. */
export function minutesLeft(until: number, now: number): number {
  if (until <= now) return 0;
  return Math.floor(until / MINUTE) - Math.floor(now / MINUTE);
}

export type Part = { count: string; unit: 'hour' | 'minute' };

/** "7 h 12 m" in its parts: hours only where there are some, minutes always. The last minute is "< 1". */
export function parts(until: number, now: number): Part[] {
  const minutes = minutesLeft(until, now);
  if (minutes === 0) return [{ count: until > now ? '<1' : '0', unit: 'minute' }];
  const hours = Math.floor(minutes / 60);
  const rest: Part = { count: String(minutes % 60), unit: 'minute' };
  return hours === 0 ? [rest] : [{ count: String(hours), unit: 'hour' }, rest];
}

/** "4:32", for what is over within minutes. */
export function countdown(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "17:42", as the language writes it. */
export function clock(at: number, locale: Locale): string {
  return new Intl.DateTimeFormat(zoneless(locale), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** "17:42", with the day before it where the hour alone could be taken for another's. */
export function moment(at: number, now: number, locale: Locale): string {
  if (sameDay(at, now) || (at > now && at - now < 12 * HOUR)) return clock(at, locale);
  const day = new Intl.DateTimeFormat(zoneless(locale), { weekday: 'short', day: 'numeric', month: 'short' }).format(at);
  return `${day}, ${clock(at, locale)}`;
}

/** "Sunday, 22 November". */
export function day(at: number, locale: Locale): string {
  return new Intl.DateTimeFormat(zoneless(locale), { weekday: 'long', day: 'numeric', month: 'long' }).format(at);
}

/** The same, with the year where it is not this one. */
export function shownDay(at: number, now: number, locale: Locale): string {
  const year = new Date(at).getFullYear();
  return year === new Date(now).getFullYear() ? day(at, locale) : `${day(at, locale)} ${year}`;
}

export function sameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** Milliseconds from `now` to the next moment at which something shown changes: a whole minute, a warning, an end. */
export function nextTick(now: number, instants: number[]): number {
  const minute = Math.floor(now / MINUTE) * MINUTE + MINUTE;
  return Math.min(minute, ...instants.filter((at) => at > now)) - now;
}

/** English as most of the world outside the United States writes it: day before month, 24 hours. */
function zoneless(locale: Locale): string {
  return locale === 'en' ? 'en-GB' : locale;
}
