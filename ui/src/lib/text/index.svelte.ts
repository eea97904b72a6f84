// The dictionary of the language that the window speaks now. English is always there; German is a script of its own,
// which comes when somebody speaks it.
import { store } from '../board.svelte';
import type { Locale } from '../time';
import { parts } from '../time';
import type { Language, Wrong } from '../wire';
import { en, type Dictionary } from './en';

/** The German words, once they are here. */
let german = $state.raw<Dictionary | null>(null);
/** They did not come: then it is English. */
let missing = $state(false);

/** What "system" means where the browser speaks `preferred`. */
export function spoken(choice: Language, preferred: string): Locale {
  if (choice !== 'system') return choice;
  return preferred.toLowerCase().startsWith('de') ? 'de' : 'en';
}

/** The language wished for; before the board says otherwise, the system's. */
export function wished(): Locale {
  return spoken(store.board?.choices.language ?? 'system', navigator.language);
}

/** The language spoken. */
export function locale(): Locale {
  return wished() === 'de' && german ? 'de' : 'en';
}

/** Whether the language wished for is the one spoken, or never will be. */
export function fluent(): boolean {
  return wished() === locale() || missing;
}

/** Sees to it that a language's words are here. */
export async function learn(wish: Locale): Promise<void> {
  if (wish === 'en' || german) return;
  try {
    german = (await import('./de')).de;
  } catch {
    missing = true;
  }
}

/** The words. */
export function t(): Dictionary {
  return locale() === 'de' && german ? german : en;
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
