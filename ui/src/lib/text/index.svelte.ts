// The dictionary of the language that the window speaks now.
import { store } from '../board.svelte';
import type { Locale } from '../time';
import { parts } from '../time';
import type { Language, Wrong } from '../wire';
import { de } from './de';
import { en, type Dictionary } from './en';

const DICTIONARIES: Record<Locale, Dictionary> = { en, de };

/** What "system" means where the browser speaks `preferred`. */
export function spoken(choice: Language, preferred: string): Locale {
  if (choice !== 'system') return choice;
  return preferred.toLowerCase().startsWith('de') ? 'de' : 'en';
}

export function locale(): Locale {
  return spoken(store.board?.choices.language ?? 'system', navigator.language);
}

/** The words. */
export function t(): Dictionary {
  return DICTIONARIES[locale()];
}

/** What is wrong, where its field is not in sight. */
export function flawed({ field, flaw }: Wrong): string {
  return `${t().wizard.labels[field]}: ${t().flaws[flaw]}`;
}

/** "7 h 12 m" in one line. */
export function left(until: number, now: number): string {
  return parts(until, now).map((part) => `${part.count} ${t()[part.unit]}`).join(' ');
}

/** "60 seconds", "2 minutes", as is shorter. */
export function period(seconds: number): string {
  return seconds >= 120 && seconds % 60 === 0 ? t().minutes(seconds / 60) : t().seconds(seconds);
}
