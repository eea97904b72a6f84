import { describe, expect, it } from 'vitest';
import { arn, SCENES } from '../dev/scenes';
import { entry, find, namesakes, role, shownPath } from '../src/lib/roles';
import { accountsOf, entries, roster, stay, within } from '../src/lib/roster';

const NAMES = { '111111111111': 'Production', '222222222222': 'Data platform', '333333333333': 'Große Übung' };
const all = Object.keys(NAMES).flatMap((account) =>
  ['Administrator', 'ReadOnlyAccess', 'AdminReader'].map((name) => entry(arn(account, name), NAMES)),
);
const found = (query: string) => find(all, query).map((one) => `${one.account_name}/${one.name}`);

describe('an ARN', () => {
  it('tells account, path and name', () => {
    expect(role('arn:aws-cn:iam::111111111111:role/team/sub/Deploy')).toMatchObject({ account: '111111111111', path: '/team/sub/', name: 'Deploy' });
    expect(role('nonsense')).toMatchObject({ account: '', name: 'nonsense' });
  });

  it('shows its path only beside a namesake of its account', () => {
    const arns = [arn('111111111111', 'Deploy', '/ci/'), arn('111111111111', 'Deploy'), arn('222222222222', 'Deploy', '/ci/')];
    const twice = namesakes(arns);
    expect(arns.map((one) => shownPath(role(one), twice))).toEqual(['ci', '/', '']);
  });
});

describe('finding', () => {
  it.each([
    ['pr adm', 'Production/AdminReader'],
    ['production administrator', 'Production/Administrator'],
    ['111 read', 'Production/ReadOnlyAccess'],
    ['ub admini', 'Große Übung/Administrator'],
    ['roa data', 'Data platform/ReadOnlyAccess'],
  ])('%s finds %s first', (query, first) => expect(found(query)[0]).toBe(first));

  it('pr adm finds Production/Administrator', () => expect(found('pr adm')).toContain('Production/Administrator'));
  it('a whole word goes before a word’s beginning', () => expect(found('administrator')[0]).toContain('/Administrator'));
  it('every term must fit', () => expect(found('production zebra')).toEqual([]));
  it('nothing typed is everything', () => expect(found('  ')).toHaveLength(all.length));
});

describe('the list', () => {
  it('has favourites, then recent ones, then accounts by name', () => {
    const arns = all.map((one) => one.arn);
    const { lines, options } = roster(entries(arns, NAMES), [arns[0] ?? ''], [arns[0] ?? '', arns[4] ?? ''], '');
    const kinds = lines.flatMap((line) => (line.type === 'heading' ? [line.group.kind + line.group.name] : []));
    expect(kinds).toEqual(['favourites', 'recent', 'accountData platform', 'accountGroße Übung', 'accountProduction']);
    expect(options).toHaveLength(all.length + 2);
    expect(new Set(lines.map((line) => line.key)).size).toBe(lines.length);
  });

  it('keeps its selected line when names arrive or stars move lines', () => {
    const arns = all.map((one) => one.arn);
    const [first = '', second = ''] = arns;
    const before = roster(entries(arns, {}), [], [], '');
    const line = before.options[4];
    const after = roster(entries(arns, NAMES), [first], [], '');
    expect(after.options[4]?.entry.arn).not.toBe(line?.entry.arn);
    expect(stay(after.options, line)?.entry.arn).toBe(line?.entry.arn);
    // A recent role that is starred stands among the favourites.
    const recent = roster(entries(arns, NAMES), [], [second], '').options[0];
    expect(stay(roster(entries(arns, NAMES), [first, second], [second], '').options, recent)?.key).toBe(`favourites ${second}`);
    expect(stay(roster(entries([first], NAMES), [], [], '').options, line)?.entry.arn).toBe(first);
    expect(stay(after.options, undefined)).toBe(after.options[0]);
    expect(stay([], line)).toBeUndefined();
  });

  it('leaves the accounts in the order in which they were shown', () => {
    const arns = all.map((one) => one.arn);
    const shown = accountsOf(roster(entries(arns, {}), [], [], ''));
    expect(shown).toEqual(Object.keys(NAMES));
    expect(accountsOf(roster(entries(arns, NAMES), [], [], '', shown))).toEqual(shown);
    expect(accountsOf(roster(entries([...arns, arn('000000000000', 'New')], NAMES), [], [], '', shown))).toEqual([...shown, '000000000000']);
  });

  it('has each line once, whatever is named twice', () => {
    const twice = all.flatMap((one) => [one.arn, one.arn]);
    const { lines } = roster(entries(twice, NAMES), twice, twice, '');
    expect(new Set(lines.map((line) => line.key)).size).toBe(lines.length);
  });

  it('filters 2,000 roles, and draws only those in sight', () => {
    const board = SCENES.roles2000?.().board;
    const known = entries(board?.view.profiles[0]?.roles ?? [], board?.view.accounts ?? {});
    expect(known).toHaveLength(2000);
    const { lines, options } = roster(known, [], [], 'pay prod adm');
    expect(options.length).toBeGreaterThan(5);
    expect(options.every((line) => line.entry.name === 'Administrator')).toBe(true);
    expect(within(roster(known, [], [], '').lines, 5000, 5400).length).toBeLessThan(16);
    expect(within(lines, 0, 0)).toHaveLength(1);
  });
});
