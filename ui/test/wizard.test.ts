import { describe, expect, it } from 'vitest';
import { DRAFT, IMPORTS, profile } from '../dev/scenes';
import { course, culprit, EMPTY, flawOf, fromImport, fromLink, origins, shown, sortImports, suggestName } from '../src/lib/wizard';
import type { Imported, Report, Understood } from '../src/lib/wire';

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

it('what an organisation offers stands first, each under its own name', () => {
  const offer = (tool: string, name: string): Imported => ({ tool, name, offered: true, meaning: { type: 'entra', draft: DRAFT } });
  const found = origins([...IMPORTS, offer('Example GmbH', 'one'), offer('Other AG', 'two'), offer('Example GmbH', 'three')]);
  expect(found.map(({ from, imports }) => [from, imports.map((one) => one.name)])).toEqual([
    ['Example GmbH', ['one', 'three']],
    ['Other AG', ['two']],
    ['', ['company', 'Leapp workspace', 'customer']],
  ]);
  expect(origins([])).toEqual([]);
});

describe('the first sign-in', () => {
  const role = 'arn:aws:iam::111111111111:role/Reader';
  const failed = report('sign_in.timeout', 'Too long');

  it.each([
    ['going', profile('a', {}), null, false],
    ['going', profile('a', { activity: 'signing_in' }), null, true],
    ['going', profile('a', { activity: 'choosing' }), failed, true],
    ['cancelled', profile('a', {}), null, true],
    ['cancelled', profile('a', { state: 'expired', role }), null, true],
    ['failed', profile('a', { problem: failed }), failed, true],
    ['failed', profile('a', {}), failed, false],
    ['done', profile('a', { state: 'active', role }), null, true],
    ['done', profile('a', { state: 'active', role, activity: 'renewing' }), null, true],
    ['done', profile('a', { state: 'ending_soon', role }), null, false],
  ] as const)('is %s', (how, one, problem, seen) => expect(course(one, problem, seen)).toBe(how));
});
