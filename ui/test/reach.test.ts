import { readdirSync, readFileSync } from 'node:fs';
import { render } from 'svelte/server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { arn, CONTEXTS, profile, roleProfile, SCENES, SERVICE_ACCOUNTS, when } from '../dev/scenes';
import type { Line } from '../src/lib/ask';
import { store, Store } from '../src/lib/board.svelte';
import { filterProfiles, filterRoleProfiles, filterServiceAccounts } from '../src/lib/profiles';
import { claimed, contextName, elsewhere, firstAction, menuActions, rootless, samePod, shellName, stirs, under } from '../src/lib/reach';
import { de } from '../src/lib/text/de';
import { en } from '../src/lib/text/en';
import type { Ask, Board, Pod, Report, RoleProfileView, Told } from '../src/lib/wire';
import Became from '../src/parts/Became.svelte';
import OtherProfiles from '../src/parts/OtherProfiles.svelte';
import ProblemNote from '../src/parts/ProblemNote.svelte';
import RoleProfile from '../src/parts/RoleProfile.svelte';
import RoleProfiles from '../src/parts/RoleProfiles.svelte';
import ServiceAccount from '../src/parts/ServiceAccount.svelte';
import Sessions from '../src/views/Sessions.svelte';

vi.stubGlobal('navigator', { language: 'en' });

const ACCOUNTS = { '111111111111': 'Production', '222222222222': 'Data platform' };
const POD: Pod = { context: CONTEXTS[0] ?? '', namespace: 'shop', service_account: 'till' };
const report = (code: string, change: Partial<Report> = {}): Report => ({ code, kind: 'files', what: `${code} happened.`, help: 'Do this.', ...change });
const held = { state: 'active', until: when(0.7), renews: when(0.6) } as const;
const pod = (change: Partial<RoleProfileView> = {}) => roleProfile('pod-shop-till', { root: null, origin: { type: 'pod', pod: POD }, ...change });

function scene(name: string): Board {
  const made = SCENES[name]?.().board;
  if (!made) throw new Error('no scene');
  return { ...made, choices: { ...made.choices, language: 'en' } };
}

beforeEach(() => void (store.board = scene('reach')));

describe('whose they are', () => {
  const all = [roleProfile('a'), roleProfile('b', { root: 'data' }), roleProfile('c', { root: null }), roleProfile('d', { root: 'gone' })];

  it('those of a source stand under it, in their order', () => {
    expect(under(all, { name: 'work' }).map((one) => one.name)).toEqual(['a']);
  });

  it('nobody is lost: what no shown profile signs in for has a place of its own', () => {
    expect(rootless(all, [profile('work', {}), profile('data', {})]).map((one) => one.name)).toEqual(['c', 'd']);
  });
});

describe('what can be done', () => {
  it.each([
    ['not assumed', roleProfile('a'), 'assume', []],
    ['active', roleProfile('a', held), null, ['renew', 'console', 'sign-out']],
    ['ending', roleProfile('a', { ...held, state: 'ending_soon' }), null, ['renew', 'console', 'sign-out']],
    ['renewing', roleProfile('a', { ...held, activity: 'renewing' }), null, ['renew', 'console', 'sign-out']],
    ['expired', roleProfile('a', { state: 'expired' }), 'assume', ['sign-out']],
    ['assuming', roleProfile('a', { activity: 'assuming' }), null, []],
    ['waiting for its source', roleProfile('a', { activity: 'signing_in' }), null, []],
    ['unusable', roleProfile('a', { state: 'unusable', role: null }), null, []],
    ['a pod’s, over', pod(), 'become', []],
    ['a pod’s, held', pod(held), null, ['become', 'console', 'sign-out']],
  ] as const)('with one that is %s', (_how, one, first, menu) => {
    expect(firstAction(one)).toBe(first);
    expect(menuActions(one)).toEqual(menu);
  });
});

it('of many only those are shown that are in use or ask for something', () => {
  expect(stirs(roleProfile('a'))).toBe(false);
  for (const change of [held, { state: 'expired' }, { activity: 'assuming' }, { problem: report('aws.access_denied') }] as const) expect(stirs(roleProfile('a', change))).toBe(true);
  const other = roleProfile('a', { state: 'unusable', problem: report('chain.elsewhere') });
  expect([elsewhere(other), stirs(other)]).toEqual([true, false]);
});

describe('finding', () => {
  const names = (all: { name: string }[]) => all.map((one) => one.name);
  const roles = [roleProfile('terraform'), roleProfile('audit', { role: arn('222222222222', 'Audit') }), pod({ role: null })];

  it('role profiles by name, role, account or pod', () => {
    expect(names(filterRoleProfiles(roles, ACCOUNTS, ' '))).toHaveLength(3);
    expect(names(filterRoleProfiles(roles, ACCOUNTS, 'DEPLOY prod'))).toEqual(['terraform']);
    expect(names(filterRoleProfiles(roles, ACCOUNTS, '2222'))).toEqual(['audit']);
    expect(names(filterRoleProfiles(roles, ACCOUNTS, 'eu-central-1 till'))).toEqual(['pod-shop-till']);
  });

  it('service accounts by namespace, name, role or account', () => {
    expect(names(filterServiceAccounts(SERVICE_ACCOUNTS, ACCOUNTS, 'shop/st'))).toEqual(['stock']);
    expect(names(filterServiceAccounts(SERVICE_ACCOUNTS, ACCOUNTS, 'todo'))).toEqual(['aws-load-balancer-controller']);
    expect(names(filterServiceAccounts(SERVICE_ACCOUNTS, ACCOUNTS, 'data audit'))).toEqual(['denied']);
  });

  it('profiles as before', () => {
    expect(filterProfiles([profile('work', { recent: [arn('111111111111', 'Reader')] }), profile('play', {})], ACCOUNTS, 'prod read').map((one) => one.name)).toEqual(['work']);
  });
});

it.each([
  ['arn:aws:eks:eu-central-1:111111111111:cluster/shop', 'shop · eu-central-1 · 111111111111'],
  ['arn:aws-cn:eks:cn-north-1:111111111111:cluster/a-b', 'a-b · cn-north-1 · 111111111111'],
  ['arn:aws:eks:eu-central-1:111111111111:nodegroup/shop', 'arn:aws:eks:eu-central-1:111111111111:nodegroup/shop'],
  ['arn:aws:eks:', 'arn:aws:eks:'],
  ['ada@shop.eu-central-1.eksctl.io', 'ada@shop.eu-central-1.eksctl.io'],
  ['', ''],
])('the context %j is shown as %j', (context, shown) => {
  expect(contextName(context)).toBe(shown);
});

it('a pod is the same by all of its three parts', () => {
  expect(samePod(POD, { ...POD })).toBe(true);
  for (const change of [{ context: 'x' }, { namespace: 'x' }, { service_account: 'x' }]) expect(samePod({ ...POD, ...change }, POD)).toBe(false);
  expect(samePod(null, POD)).toBe(false);
});

it('a shell takes the profile’s name as one word', () => {
  expect([shellName('pod-shop-till'), shellName('my dns'), shellName('größe')]).toEqual(['pod-shop-till', "'my dns'", "'größe'"]);
});

it('nor does it run what the profile’s name says', () => {
  expect([shellName('$(reboot)'), shellName('`id`'), shellName("ada's"), shellName('a"b')]).toEqual(["'$(reboot)'", "'`id`'", "'ada'\\''s'", "'a\"b'"]);
});

it('a token’s claims are named, and an end that is past is called so', () => {
  const now = +new Date('2026-11-23T10:00:00');
  const claims = { issuer: 'https://issuer.example', subject: 'system:serviceaccount:shop:till', audiences: ['sts.amazonaws.com', 'other'], expires: new Date('2026-11-23T11:30:00').toISOString() };
  expect(claimed(claims, en, now, 'en')).toEqual([
    ['Issuer', 'https://issuer.example'],
    ['Subject', 'system:serviceaccount:shop:till'],
    ['Audience', 'sts.amazonaws.com, other'],
    ['Token ends', '11:30'],
  ]);
  expect(claimed(claims, en, now + 7_200_000, 'en')[3]).toEqual(['Token ended', '11:30']);
  expect(claimed({ ...claims, expires: null }, en, now, 'en')[3]?.[1]).toBe('');
});

describe('a row', () => {
  const row = (one: RoleProfileView) => render(RoleProfile, { props: { profile: one, accounts: ACCOUNTS, depth: one.depth } }).body;

  it('of a role that is held says how long, until when, and that it renews', () => {
    const body = row(roleProfile('terraform', held));
    for (const part of ['Deploy', 'Production', '111111111111', ' left<', 'until ', 'Renews by itself at ', 'data-action="more"']) expect(body).toContain(part);
    expect(body).not.toContain('data-action="assume"');
  });

  it('of a role that is not assumed says so, and offers it', () => {
    const body = row(roleProfile('terraform'));
    expect(body).toContain('Not assumed');
    expect(body).toContain('aria-label="Assume: terraform"');
    expect(body).not.toContain('data-action="more"');
  });

  it('of a pod names it, says that nothing renews it, and offers it anew', () => {
    const body = row(pod());
    for (const part of ['shop-production · eu-central-1 · 111111111111 / shop / till', 'Not renewed by itself', 'data-action="become"']) expect(body).toContain(part);
  });

  it('of a web identity shows whom its token speaks of', () => {
    const claims = { issuer: 'https://issuer.example', subject: 'system:serviceaccount:ci:runner', audiences: ['sts.amazonaws.com'], expires: when(3) };
    const body = row(roleProfile('ci', { root: null, origin: { type: 'token_file', path: '/run/token' }, claims }));
    for (const part of ['/run/token', 'https://issuer.example', 'system:serviceaccount:ci:runner', 'sts.amazonaws.com', 'Token ends']) expect(body).toContain(part);
  });

  it('of one that others assume is no alarm', () => {
    const body = row(roleProfile('legacy', { state: 'unusable', problem: report('chain.elsewhere') }));
    expect(body).toContain('data-remark="chain.elsewhere"');
    expect(body).not.toContain('data-problem');
    expect(body).not.toContain('Cannot be used');
    expect(row(roleProfile('left', { state: 'unusable', role: null, problem: report('chain.loop') }))).toContain('data-problem="chain.loop"');
  });

  it('keeps what AWS does not give for those who ask', () => {
    expect(row(roleProfile('a', { remarks: [report('chain.one_hour'), report('chain.mfa')] })).match(/<details/gu)).toHaveLength(2);
  });
});

describe('many rows', () => {
  const rows = (roles: RoleProfileView[], root: string | null, unfolded = false, state: 'active' | 'signed_out' = 'active') =>
    render(RoleProfiles, { props: { roles, root: root === null ? null : profile(root, { state }), accounts: ACCOUNTS, unfolded } }).body;
  const shown = (body: string) => body.match(/data-role-profile=/gu)?.length ?? 0;
  const many = Array.from({ length: 30 }, (_, at) => roleProfile(`team-${at}`, { depth: at % 3, ...(at === 4 ? held : {}) }));

  it('are folded, with their count, but for those in use', () => {
    const body = rows(many, 'work');
    expect(body).toContain('30 role profiles');
    expect(shown(body)).toBe(1);
    expect(shown(rows(many, 'work', true))).toBe(30);
  });

  it('that are few are all there', () => {
    const body = rows(many.slice(0, 5), 'work');
    expect(shown(body)).toBe(5);
    expect(body).not.toContain('data-action="fold"');
    expect(rows([], 'work')).not.toContain('<div');
  });

  it('say once that the source is signed in to first', () => {
    expect(rows(many.slice(0, 3), 'work', false, 'signed_out').match(/signs in to work first/gu)).toHaveLength(1);
    expect(rows(many.slice(0, 3), 'work')).not.toContain('signs in to');
    expect(rows(many.slice(0, 3), null)).not.toContain('signs in to');
  });
});

it('the sessions show each role profile once', () => {
  for (const name of ['reach', 'reach30']) {
    const board = scene(name);
    const { body } = render(Sessions, { props: { board } });
    const names = [...body.matchAll(/data-role-profile="([^"]*)"/gu)].map((found) => found[1]);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('ci');
  }
});

it('the other profiles are names', () => {
  expect(render(OtherProfiles, { props: { others: ['minio'] } }).body).toContain('minio');
});

it('lines that would mend a problem can be copied; without any nothing is offered', () => {
  const mend = '{ "Effect": "Allow" }';
  const { body } = render(ProblemNote, { props: { problem: report('aws.access_denied', { mend }) } });
  expect(body).toContain('data-action="copy-text"');
  expect(body).toContain('Allow');
  expect(render(ProblemNote, { props: { problem: report('aws.access_denied') } }).body).not.toContain('<pre');
});

describe('a service account', () => {
  const account = (at: number, board = scene('morning')) => {
    const one = SERVICE_ACCOUNTS[at];
    if (!one) throw new Error('none');
    return render(ServiceAccount, { props: { account: one, context: POD.context, view: board.view, became: () => undefined } }).body;
  };

  it('can be taken, also under another name', () => {
    for (const part of ['data-pod="shop/till"', 'data-action="become"', 'data-action="become-as"', 'Production']) expect(account(0)).toContain(part);
  });

  it('whose annotation is no role cannot', () => {
    expect(account(2)).toContain('TODO: ask ops');
    expect(account(2)).not.toContain('data-action');
  });

  it('that is held says in which profile', () => {
    expect(account(0, scene('reach'))).toContain('in profile pod-shop-till');
  });
});

it('who one is now is said in full', () => {
  const claims = { issuer: 'https://issuer.example', subject: 'system:serviceaccount:shop:till', audiences: ['sts.amazonaws.com'], expires: null };
  const became = { profile: 'my till', pod: POD, role: arn('111111111111', 'till'), arn: 'arn:aws:sts::111111111111:assumed-role/till/ada', claims, until: when(1) };
  const { body } = render(Became, { props: { became } });
  for (const part of [became.arn, "AWS_PROFILE='my till'", claims.issuer, claims.subject, 'sts.amazonaws.com', 'Until']) expect(body).toContain(part);
});

it('what a role profile was refused is forgotten once it is assumed', async () => {
  const asked: Ask[] = [];
  let hear: (told: Told) => void = () => undefined;
  const line: Line = (ask, _start, told) => {
    asked.push(ask);
    if (ask.type === 'watch') {
      hear = told;
      return new Promise(() => undefined);
    }
    told({ type: 'problem', problem: report('aws.access_denied') });
    return Promise.resolve();
  };
  const own = new Store(line);
  void own.watch();
  const board = scene('reach');
  const with_state = (change: Partial<RoleProfileView>): Board => ({ ...board, view: { ...board.view, role_profiles: [roleProfile('terraform', change), roleProfile('terraform')] } });
  hear({ type: 'board', board: with_state({}) });
  expect(own.board?.view.role_profiles).toHaveLength(1);
  await own.act('terraform', { type: 'assume', profile: 'terraform' });
  expect(own.refused.terraform?.code).toBe('aws.access_denied');
  hear({ type: 'board', board: with_state({}) });
  expect(own.refused.terraform).toBeDefined();
  hear({ type: 'board', board: with_state(held) });
  expect(own.refused.terraform).toBeUndefined();
});

/** What the window may be told of: all codes of the core, and of the kit's part that the window asks. Its other parts answer in a terminal only. */
const CODES = (() => {
  const rust = new URL('../../src-tauri/', import.meta.url);
  const kit = readdirSync(new URL('kit/src/', rust), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.rs') && !/^(?:kubeconfig|trust)\b/u.test(path));
  const sources = ['core/src/problem/help.rs', ...kit.map((path) => `kit/src/${path}`)].map((path) => readFileSync(new URL(path, rust), 'utf8').split('#[cfg(test)]')[0] ?? '');
  return new Set(sources.flatMap((source) => [...source.matchAll(/"([a-z_]+\.[a-z_]+)"/gu)].map((found) => found[1] ?? '')));
})();

it('the codes are read from where they stand', () => {
  for (const code of ['sign_in.cancelled', 'aws.timeout', 'token.refused', 'kit.unavailable', 'kube.unreachable', 'kube.forbidden_list', 'pod.no_annotation']) expect(CODES).toContain(code);
});

it.each([...CODES, 'kit.timeout', 'window.failed'])('%s has a headline in German', (code) => {
  expect(de.headline(code)).not.toBe(de.headline('unheard.of'));
});

it.each([
  ['kube.forbidden_token', 'kube.forbidden_list'],
  ['kube.timeout', 'kube.unreachable'],
  ['kube.no_service_account', 'kube.no_namespace'],
])('%s and %s share their German words', (one, other) => {
  expect(de.headline(one)).toBe(de.headline(other));
});

it('no part of a code is taken for the whole', () => {
  for (const code of ['kube.no', 'kube.', 'kube', 'kube.forbidden_list forbidden_read']) expect(de.headline(code)).toBe(de.headline('unheard.of'));
  expect(de.headline('pod.token')).not.toBe(de.headline('pod.unheard_of'));
});
