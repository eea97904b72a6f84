// What the window is looked at with: everything here is invented.
import type { Board, Details, Door, Draft, Entry, Finding, Imported, PolicyShown, ProfileName, ProfileView, Remembered, Report, RoleProfileView, ServiceAccount, Update } from '../src/lib/wire';

export const arn = (account: string, name: string, path = '/') => `arn:aws:iam::${account}:role${path}${name}`;
/** So many hours from now. */
export const when = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

const PROD = '111111111111';
const DATA = '222222222222';
const PLAY = '333333333333';
const ACCOUNTS: Record<string, string> = { [PROD]: 'Production', [DATA]: 'Data platform', [PLAY]: 'Playground' };

export const ROLES: string[] = Object.keys(ACCOUNTS)
  .flatMap((account) => ['Administrator', 'ReadOnlyAccess', 'DeveloperAccess', 'BillingViewer', 'SecurityAudit'].map((name) => arn(account, name)))
  .concat([arn(PROD, 'Deploy', '/ci/'), arn(PROD, 'Deploy', '/ops/')]);

export const DRAFT: Draft = {
  name: 'work', tenant: '5f2c4b1e-7a3d-4c0f-9e55-0b8a1c2d3e4f', app_id_uri: 'https://signin.aws.amazon.com/saml', username: 'ada@example.org',
  region: 'eu-central-1', duration: '8', default_role: '', authority: '', remember_me: true, process: false,
};

export const UPDATE: Update = {
  running: '0.1.0',
  installed: 'deb',
  feed: 'https://updates.example.org/rolecall/latest.json',
  latest: '0.2.0',
  offer: { version: '0.2.0', date: null, notes: 'Quicker, and with a mended menu.', url: 'https://updates.example.org/rolecall/rolecall_0.2.0_amd64.deb' },
  file: null,
  advice: 'Your package manager updates Rolecall: sudo apt update && sudo apt install --only-upgrade rolecall.',
};

export const FINDINGS: Finding[] = [
  { about: 'config file', verdict: 'ok', what: '/home/ada/.aws/config has 2 Entra profiles.', help: null },
  { about: 'keychain', verdict: 'advice', what: 'The keychain is locked; sessions are kept in memory only.', help: 'Unlock it; the next sign-in tries again.' },
  { about: 'clock', verdict: 'broken', what: 'The computer’s clock is 9 minutes behind AWS’s.', help: 'Set it: timedatectl set-ntp true.' },
  { about: 'notifications', verdict: 'ok', what: 'The desktop shows notifications with buttons.', help: null },
];

export const IMPORTS: Imported[] = [
  { tool: 'Leapp', name: 'Leapp workspace', offered: false, meaning: { type: 'locked' } },
  { tool: 'saml2aws', name: 'company', offered: false, meaning: { type: 'entra', draft: { ...DRAFT, name: 'company' } } },
  { tool: 'saml2aws', name: 'customer', offered: false, meaning: { type: 'other_provider', provider: 'Okta' } },
];

const OFFERS: Imported[] = [
  { tool: 'Example GmbH', name: 'production', offered: true, meaning: { type: 'entra', draft: { ...DRAFT, name: 'production', username: '', duration: '12' } } },
  { tool: 'Example GmbH', name: 'data-platform-of-the-whole-group', offered: true, meaning: { type: 'entra', draft: { ...DRAFT, name: 'data-platform-of-the-whole-group', username: '' } } },
];

export const POLICY: PolicyShown = {
  by: 'Example GmbH',
  path: '/etc/rolecall/policy.toml',
  locked: ['warn_before', 'renew', 'os_sign_on', 'remember_me', 'process', 'duration', 'login_hosts'],
  tenants: [
    { name: 'Example GmbH', id: DRAFT.tenant },
    { name: 'Example Research', id: 'research.example.org' },
  ],
  max_hours: 4,
  renew_within: 240,
};

export function profile(name: string, change: Partial<ProfileView>): ProfileView {
  return { name, state: 'signed_out', activity: 'idle', role: null, began: null, until: null, renews: null, choose_by: null, roles: [], recent: [], problem: null, ...change };
}

export function detail(name: string, change: Partial<Details>): Details {
  return { profile: name, tenant: DRAFT.tenant, username: DRAFT.username, region: DRAFT.region, duration: 8, default_role: null, process: false, remember_me: true, os_sso: true, ...change };
}

const active = (name: string, hours = 7.2, role = arn(PROD, 'Administrator')) =>
  profile(name, { state: 'active', role, began: when(hours - 8), until: when(hours), roles: ROLES, recent: [role, arn(DATA, 'ReadOnlyAccess')] });
const ending = (name: string, hours = 0.3) => ({ ...active(name, hours, arn(DATA, 'ReadOnlyAccess')), state: 'ending_soon' as const });
const expired = (name: string, hours = -0.6) => ({ ...active(name, hours, arn(PLAY, 'DeveloperAccess')), state: 'expired' as const });


function problem(code: string, kind: Report['kind'], what: string, help: string): Report {
  return { code, kind, what, help };
}

const OTHERS: ProfileName[] = ['terraform', 'minio', 'personal'];

export function roleProfile(name: string, change: Partial<RoleProfileView> = {}): RoleProfileView {
  return {
    name, role: arn(PROD, 'Deploy', '/ci/'), origin: { type: 'source', profile: 'work' }, root: 'work', depth: 0, state: 'signed_out', activity: 'idle',
    began: null, until: null, renews: null, claims: null, remarks: [], problem: null, ...change,
  };
}

const assumed = (hours: number): Partial<RoleProfileView> => ({ state: 'active', began: when(hours - 1), until: when(hours), renews: when(hours - 0.08) });

const MEND = `# The trust policy of role/Audit in account 222222222222
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::111111111111:role/AWSReservedSSO_VeryLongPermissionSetNameForTheDataPlatformTeam01"
      },
      "Action": "sts:AssumeRole",
      "Condition": { "StringEquals": { "sts:ExternalId": "THE-EXTERNAL-ID-OF-YOUR-PROFILE" } }
    }
  ]
}

# A policy of role/Deploy in account 111111111111
{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222222222222:role/Audit" }]
}
`;

const DENIED: Report = {
  ...problem('aws.access_denied', 'aws', 'AWS does not let arn:aws:iam::111111111111:role/ci/Deploy assume arn:aws:iam::222222222222:role/Audit.', 'Either the role does not trust the role it is assumed from with this external id, or that one has no permission to assume it: the lines below are both halves.'),
  mend: MEND,
};

const CLUSTER = 'arn:aws:eks:eu-central-1:111111111111:cluster/shop-production';
export const CONTEXTS = [CLUSTER, 'arn:aws:eks:us-east-1:222222222222:cluster/the-data-platform-of-the-whole-group-and-then-some', 'minikube', 'slow', 'broken'];

const CLAIMS = (subject: string, hours: number) => ({ issuer: 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF', subject, audiences: ['sts.amazonaws.com'], expires: when(hours) });

const till = { context: CLUSTER, namespace: 'shop', service_account: 'till' };

/** What stands under `work`, and what has no sign-in. */
const CHAINED: RoleProfileView[] = [
  roleProfile('terraform', assumed(0.7)),
  roleProfile('audit', { depth: 1, role: arn(DATA, 'Audit'), origin: { type: 'source', profile: 'terraform' }, problem: DENIED }),
  roleProfile('archive', { depth: 2, role: arn(PLAY, 'Archive'), origin: { type: 'source', profile: 'audit' }, remarks: [problem('chain.one_hour', 'aws', 'archive asks for 43200 seconds, but AWS gives one hour at most to a role that is assumed from another role.', 'Rolecall takes one hour and renews it as long as its source lives. Set duration_seconds to 3600 or remove it: other AWS tools are refused.')] }),
  roleProfile('billing', { role: arn(DATA, 'BillingViewer'), ...assumed(0.05), state: 'ending_soon', renews: null }),
];
const ALONE: RoleProfileView[] = [
  roleProfile('ci', { root: null, role: arn(PROD, 'Runner'), origin: { type: 'token_file', path: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' }, ...assumed(0.6), claims: CLAIMS('system:serviceaccount:ci:runner', 20) }),
  roleProfile('ci-deploy', { root: null, depth: 1, role: arn(DATA, 'Deploy'), origin: { type: 'source', profile: 'ci' } }),
  roleProfile('pod-shop-till', { root: null, role: arn(PROD, 'till'), origin: { type: 'pod', pod: till }, ...assumed(0.3), renews: null, claims: CLAIMS('system:serviceaccount:shop:till', -0.2) }),
  roleProfile('pod-shop-stock', { root: null, role: arn(PROD, 'stock'), origin: { type: 'pod', pod: { ...till, service_account: 'stock' } } }),
  roleProfile('left', { root: null, state: 'unusable', problem: problem('chain.loop', 'files', 'These profiles are each other’s source: left → right → left.', 'Give one of them another source_profile: one that signs in, at last.') }),
  roleProfile('legacy', { root: null, state: 'unusable', problem: problem('chain.elsewhere', 'files', 'legacy begins with the credentials of ‘default’, which are not Rolecall’s.', 'AWS tools assume it by themselves (AWS_PROFILE=legacy); for Rolecall, let source_profile lead to a profile that signs in through Entra.') }),
];

export const SERVICE_ACCOUNTS: ServiceAccount[] = [
  { namespace: 'shop', name: 'till', annotation: arn(PROD, 'till'), role: arn(PROD, 'till') },
  { namespace: 'shop', name: 'stock', annotation: arn(PROD, 'stock'), role: arn(PROD, 'stock') },
  { namespace: 'kube-system', name: 'aws-load-balancer-controller', annotation: 'TODO: ask ops', role: null },
  { namespace: 'a-namespace-whose-name-is-as-long-as-kubernetes-lets-it-be-063', name: 'a-service-account-of-a-similar-length-because-a-chart-wrote-it', annotation: arn(DATA, 'x'), role: arn('444444444444', 'AWSReservedSSO_VeryLongPermissionSetNameForTheDataPlatformTeam01') },
  { namespace: 'external-dns', name: 'external-dns', annotation: arn(PLAY, 'dns'), role: arn(PLAY, 'dns') },
  { namespace: 'ops', name: 'denied', annotation: arn(DATA, 'Audit'), role: arn(DATA, 'Audit') },
];

const REMEMBERED: Remembered[] = [
  { id: 'a', host: 'login.microsoftonline.com', tenant: 'example.org', user: 'ada@example.org', sealed: true },
  { id: 'b', host: 'login.microsoftonline.us', tenant: '5f2c4b1e-7a3d-4c0f-9e55-0b8a1c2d3e4f', user: null, sealed: false },
];

function board(profiles: ProfileView[], change: Partial<Board> = {}, accounts: Record<string, string> = ACCOUNTS, problems: Report[] = [], role_profiles: RoleProfileView[] = []): Board {
  return {
    view: { profiles, role_profiles, last_used: profiles[0]?.name ?? null, accounts, problems },
    favourites: [arn(PROD, 'Administrator'), arn(PLAY, 'DeveloperAccess')],
    details: profiles.filter((one) => one.state !== 'unusable').map((one) => detail(one.name, {})),
    others: [],
    remembered: [],
    choices: { warn_before: [30, 5], clear_clipboard_after: 60, console_multi_session: false, renew: 'when_silent', credentials_mode: 'private', os_sign_on: true, account_names: true, sign_in_at_login: false, theme: 'system', language: 'system' },
    start_at_login: true,
    policy: null,
    recorded: 0,
    place: { config: '/home/ada/.aws/config', credentials: '/home/ada/.aws/credentials', settings: '/home/ada/.config/rolecall/settings.toml', version: '0.1.0', installed: 'deb', updates: true, icon: true, hint_read: false, identity_broker: null },
    ...change,
  };
}

function many(accounts: number, each: number): { roles: string[]; names: Record<string, string> } {
  const kinds = ['Administrator', 'ReadOnlyAccess', 'DeveloperAccess', 'BillingViewer', 'SecurityAudit', 'NetworkOperator', 'DataScientist'];
  const areas = ['Payments', 'Logistics', 'Website', 'Data Lake', 'Identity', 'Search', 'Mobile', 'Archive', 'Research', 'Support'];
  const stages = ['Production', 'Staging', 'Development'];
  const names: Record<string, string> = {};
  const roles: string[] = [];
  for (let at = 0; at < accounts; at++) {
    const number = String(100_000_000_000 + at * 7919);
    names[number] = `${areas[at % areas.length]} ${stages[Math.floor(at / areas.length) % stages.length]}${at >= 30 ? ` ${Math.floor(at / 30) + 1}` : ''}`;
    for (let kind = 0; kind < each; kind++) roles.push(arn(number, kinds[kind % kinds.length] ?? 'Role'));
  }
  return { roles, names };
}

const DOORS: Door[] = ['login', 'renewal', 'tool', 'tray', 'window', 'command_line'];
const FAILURES = ['sign_in.cancelled', 'aws.access_denied', 'renew.limit', 'sign_in.person_needed'];

/** So many entries, the newest first, some hours apart. */
export function log(count: number): Entry[] {
  return Array.from({ length: count }, (_, at): Entry => {
    const base = { at: when(-at * 2.7 - 0.2), profile: at % 9 === 4 ? LONG : (['work', 'data', 'play'][at % 3] ?? 'work'), door: DOORS[at % DOORS.length] ?? 'tray' };
    if (at % 7 === 3) return { ...base, event: 'failed', code: FAILURES[at % FAILURES.length] ?? 'aws' };
    if (at % 11 === 5) return { ...base, event: 'signed_out', forgot: at % 2 === 1 };
    const role = at % 9 === 4 ? arn('444444444444', 'AWSReservedSSO_VeryLongPermissionSetNameForTheDataPlatformTeam01') : (ROLES[at % ROLES.length] ?? '');
    return { ...base, event: 'assumed', role, until: when(7.8 - at * 2.7), access_key_id: `ASIA${String(at).padStart(16, 'X')}`, how: (['person', 'silent', 'chained', 'web_identity', 'silent'] as const)[at % 5] ?? 'silent' };
  });
}

const LONG = 'a-profile-whose-name-is-one-hundred-characters-long-which-some-generator-made-for-somebody-0123456789';

export type Made = { board: Board; gone?: Report; slow?: number; imports?: Imported[]; log?: Entry[]; contexts?: string[]; current?: string | null; only?: string; accounts?: ServiceAccount[]; denied?: Report };
export type Scene = () => Made;

export const SCENES: Record<string, Scene> = {
  empty: () => ({ board: board([], {}, {}, [problem('config.missing', 'files', 'There is no AWS config file at /home/ada/.aws/config.', 'Write a [profile NAME] section.')]) }),
  one: () => ({ board: board([active('work')]) }),
  morning: () => ({ board: board([profile('work', { roles: ROLES, recent: [arn(PROD, 'Administrator')] })]) }),
  three: () => ({ board: board([active('work'), ending('data'), expired('play')], { others: OTHERS }) }),
  foreign: () => ({ board: board([{ ...active('work', 3), role: null, began: null }, active('data', 5)]) }),
  night: () => ({ board: board([active('work', 9), ending('data', 0.3)]) }),
  ending: () => ({ board: board([ending('work')]) }),
  expired: () => ({ board: board([expired('work')]) }),
  signing: () => ({ board: board([profile('work', { activity: 'signing_in' }), profile('data', { activity: 'assuming' }), profile('play', {})]) }),
  choosing: () => ({ board: board([profile('work', { activity: 'choosing', choose_by: when(4.54 / 60), roles: [...ROLES, ...many(8, 3).roles], recent: [arn(DATA, 'ReadOnlyAccess')] })], {}, { ...ACCOUNTS, ...many(8, 3).names }) }),
  roles2000: () => {
    const { roles, names } = many(300, 7);
    return { board: board([{ ...active('work', 6, roles[3]), roles: roles.slice(0, 2000) }], { favourites: [roles[3] ?? '', roles[77] ?? ''] }, names) };
  },
  profiles200: () => ({
    board: board([
      active('work'),
      ending('data'),
      ...Array.from({ length: 198 }, (_, at) => profile(`customer-${String(at + 1).padStart(3, '0')}`, { recent: at % 3 ? [] : [arn(PROD, 'ReadOnlyAccess')], roles: ROLES })),
    ]),
  }),
  names: () => {
    const role = arn('444444444444', 'AWSReservedSSO_VeryLongPermissionSetNameForTheDataPlatformTeam01');
    const rtl = arn('555555555555', 'Administrator');
    return {
      board: board([active(LONG, 7.2, role), { ...active('🚀 launch', 4, rtl), roles: [role, rtl] }, { ...ending('data'), role: arn(PROD, 'Deploy', '/ci/') }], {}, {
        ...ACCOUNTS,
        '444444444444': 'The account of the data platform team for everything that does not fit elsewhere 🗄️',
        '555555555555': 'حساب الإنتاج الرئيسي',
      }),
    };
  },
  problems: () => ({
    board: board(
      [
        profile('work', { problem: problem('sign_in.entra', 'person', 'Entra refused the sign-in with AADSTS700016.', 'The application was not found in this tenant: check azure_app_id_uri.') }),
        profile('broken', { state: 'unusable', problem: problem('config.key_missing', 'files', '/home/ada/.aws/config, section [profile broken]: azure_tenant_id is missing.', "Add a line 'azure_tenant_id = …' to that section.") }),
        { ...active('data', 2), problem: problem('aws.access_denied', 'aws', 'AWS does not let you assume Production/Administrator.', 'Entra lists the role, but its trust policy must allow sts:AssumeRoleWithSAML: tell the account’s administrator.') },
      ],
      { place: { ...board([]).place, icon: false } },
      ACCOUNTS,
      [problem('vault.keychain', 'files', 'The system keychain cannot be used: it is locked. Sessions are kept in memory only.', 'Unlock or start it; the next sign-in tries again.')],
    ),
  }),
  full: () => ({
    board: board([active('work'), ending('data'), expired('play')], {
      others: OTHERS,
      remembered: REMEMBERED,
      details: [detail('work', { process: true }), detail('data', { remember_me: false }), detail('play', {})],
      place: { ...board([]).place, version: '0.0.9' },
    }),
  }),
  renewing: () => ({
    board: board([
      { ...active('work', 2), renews: when(1.66) },
      { ...active('data', 0.3, arn(DATA, 'ReadOnlyAccess')), activity: 'renewing', renews: when(-0.03) },
      { ...ending('play'), activity: 'renewing' },
    ]),
  }),
  policy: () => ({
    board: board([active('work'), ending('data')], {
      policy: POLICY,
      details: [detail('work', { process: true, remember_me: false, duration: 4 }), detail('data', { process: true, remember_me: false, os_sso: false, duration: 4 })],
      start_at_login: false,
    }),
    imports: [...IMPORTS, ...OFFERS],
  }),
  /** A new computer of an organisation's. */
  offers: () => ({ board: board([], { policy: POLICY }), imports: OFFERS }),
  activity: () => ({
    board: board([active('work'), ending('data'), expired('play')], { recorded: 120 }, { ...ACCOUNTS, '444444444444': 'The account of the data platform team for everything that does not fit elsewhere' }),
    log: log(120),
  }),
  reach: () => ({ board: board([active('work'), profile('play', {})], { others: OTHERS }, ACCOUNTS, [], [...CHAINED, roleProfile('sandbox', { root: 'play', role: arn(PLAY, 'Sandbox') }), ...ALONE]), denied: DENIED }),
  reachout: () => ({ board: board([profile('work', {})], {}, ACCOUNTS, [], CHAINED.map((one) => ({ ...one, state: 'signed_out' as const, problem: null }))) }),
  reach30: () => ({
    board: board([active('work'), ...['a', 'b', 'c', 'd'].map((name) => profile(`customer-${name}`, {}))], {}, { ...ACCOUNTS, '444444444444': 'The account of the data platform team for everything that does not fit elsewhere' }, [], [
      ...Array.from({ length: 30 }, (_, at) =>
        roleProfile(at === 7 ? 'a-role-profile-whose-name-is-sixty-characters-long-0123456789' : `team-${String(at + 1).padStart(2, '0')}`, { depth: at % 4, ...(at === 7 ? { role: arn('444444444444', 'AWSReservedSSO_VeryLongPermissionSetNameForTheDataPlatformTeam01'), ...assumed(0.9) } : {}), ...(at === 12 ? { activity: 'assuming' } : {}), ...(at === 20 ? { ...assumed(0.2), activity: 'renewing' } : {}) }),
      ),
      ...Array.from({ length: 8 }, (_, at) => roleProfile(`customer-b-${at}`, { root: 'customer-b' })),
      ...ALONE,
    ]),
  }),
  nocluster: () => ({ board: board([active('work')]), contexts: [] }),
  nopods: () => ({ board: board([active('work')]), accounts: [] }),
  nocurrent: () => ({ board: board([active('work')]), current: null }),
  nolist: () => ({ board: board([active('work')]), only: 'shop', accounts: [] }),
  dead: () => ({ board: board([active('work')]), contexts: ['broken', ...CONTEXTS.filter((one) => one !== 'broken')] }),
  gone: () => ({ board: board([active('work')]), gone: problem('tray.gone', 'files', 'The Rolecall background service stopped before it answered.', 'Start it again.') }),
};
