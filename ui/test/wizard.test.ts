import { describe, expect, it } from 'vitest';
import { DRAFT, IMPORTS } from '../dev/scenes';
import { culprit, EMPTY, flawOf, fromImport, fromLink, shown, sortImports, suggestName } from '../src/lib/wizard';
import type { Report, Understood } from '../src/lib/wire';

const LINK: Understood = { tenant: 'example.org', app_id_uri: 'https://signin.aws.amazon.com/saml', certain: false, tile: 'AWS Übung (dev)', application: null, authority: '', username: null };
const report = (code: string, what: string): Report => ({ code, kind: 'sign_in', what, help: '' });

describe('a suggested name', () => {
  it.each([
    [null, [], 'work'],
    ['AWS', [], 'work'],
    ['AWS Landing Zone', [], 'landing-zone'],
    ['AWS Übung (dev)', [], 'ubung-dev'],
    [null, ['work', 'work-2'], 'work-3'],
    ['🚀', [], 'work'],
  ])('of %j beside %j is %s', (tile, taken, name) => expect(suggestName(tile, taken)).toBe(name));
});

it('a link fills the form in, and leaves what was typed', () => {
  expect(fromLink({ ...EMPTY, username: 'ada@example.org' }, LINK, [])).toMatchObject({ name: 'ubung-dev', tenant: 'example.org', username: 'ada@example.org', duration: '8' });
  expect(fromLink({ ...EMPTY, name: 'mine' }, LINK, []).name).toBe('mine');
});

it('an import keeps its name unless that is taken', () => {
  expect(fromImport({ ...DRAFT, name: 'company' }, []).name).toBe('company');
  expect(fromImport({ ...DRAFT, name: 'company' }, ['company']).name).toBe('company-2');
  expect(fromImport({ ...DRAFT, duration: '' }, []).duration).toBe('8');
});

it('flaws show where somebody has been', () => {
  const wrong = [{ field: 'name', flaw: 'missing' }, { field: 'tenant', flaw: 'missing' }] as const;
  expect(shown([...wrong], new Set(['tenant']))).toEqual([wrong[1]]);
  expect(flawOf([...wrong], 'region')).toBeNull();
});

it.each([
  ['sign_in.entra', 'Entra refused the sign-in with AADSTS700016.', 'app_id_uri'],
  ['sign_in.entra', 'Entra refused the sign-in with AADSTS90002.', 'tenant'],
  ['aws.duration', 'Too long', 'duration'],
  ['sign_in.cancelled', 'Closed', null],
])('%s (%s) points at %s', (code, what, field) => expect(culprit(report(code, what))).toBe(field));

it('imports that can be used go first', () => {
  expect(sortImports(IMPORTS).map((one) => one.meaning.type)).toEqual(['entra', 'locked', 'other_provider']);
});
