import { expect, it, vi } from 'vitest';
import { de } from '../src/lib/text/de';
import { en } from '../src/lib/text/en';
import { store } from '../src/lib/board.svelte';
import { flawed, fluent, learn, locale, spoken, t, wished } from '../src/lib/text/index.svelte';
import { SCENES } from '../dev/scenes';

/** Every text by its place; functions by what they make of marked arguments. */
function texts(value: unknown, place = ''): [string, string][] {
  if (typeof value === 'string') return [[place, value]];
  if (typeof value === 'function') return [[place, (value as (...args: string[]) => string | null)('⟨0⟩', '⟨1⟩', '⟨2⟩') ?? '']];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, place ? `${place}.${key}` : key));
}

const marks = (text: string) => [...text.matchAll(/⟨\d⟩/gu)].map((found) => found[0]).sort();

it('both languages have the same keys and placeholders', () => {
  const english = texts(en);
  const german = new Map(texts(de));
  expect([...german.keys()].sort()).toEqual(english.map(([place]) => place).sort());
  for (const [place, text] of english) expect(marks(german.get(place) ?? ''), place).toEqual(marks(text));
});

it('nothing in German is empty where English is not', () => {
  const german = new Map(texts(de));
  for (const [place, text] of texts(en)) if (text) expect(german.get(place), place).toBeTruthy();
});

it('German has a headline for every problem, English leaves the problem’s own', () => {
  expect(de.headline('sign_in.entra')).toBe('Die Anmeldung hat nicht geklappt');
  expect(de.headline('tray.gone')).toContain('Hintergrunddienst');
  expect(de.headline('unheard.of')).toBe('Etwas hat nicht geklappt');
  expect(en.headline('sign_in.entra')).toBeNull();
});

it('the system’s language is German where it begins so, else English', () => {
  expect(spoken('system', 'de-AT')).toBe('de');
  expect(spoken('system', 'fr-FR')).toBe('en');
  expect(spoken('en', 'de')).toBe('en');
});

it('a flaw of a field that is not in sight names the field', () => {
  vi.stubGlobal('navigator', { language: 'en' });
  expect(flawed({ field: 'default_role', flaw: 'not_a_role' })).toMatch(/^Default role: Write a role/u);
});

it('German is spoken once its words are here; until then nothing is said in vain', async () => {
  vi.stubGlobal('navigator', { language: 'de-CH' });
  expect([wished(), locale(), fluent()]).toEqual(['de', 'en', false]);
  expect(t()).toBe(en);
  await learn('en');
  expect(locale()).toBe('en');
  await learn(wished());
  expect([locale(), fluent()]).toEqual(['de', true]);
  expect(t()).toBe(de);
  // Who wants English on a German desktop gets it.
  const board = SCENES.one?.().board;
  if (!board) throw new Error('no scene');
  store.board = { ...board, choices: { ...board.choices, language: 'en' } };
  expect([t(), fluent()]).toEqual([en, true]);
});

it.each(['policy.refused', 'policy.forbids', 'offer.unreadable', 'offer.refused', 'offer.gone', 'autostart.failed', 'renew.limit'])('%s has a headline of its own', (code) => {
  expect(de.headline(code)).not.toBe(de.headline('unheard.of'));
});
