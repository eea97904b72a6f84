// A make-believe `window.__TAURI_INTERNALS__`: enough of Tauri for a channel, and a resident process that plays along.
import type { Ask, Board, Draft, Entry, Language, ProfileName, ProfileView, Report, RoleProfileView, Theme, Told } from '../src/lib/wire';
import { CONTEXTS, DRAFT, detail, FINDINGS, IMPORTS, profile as made, ROLES, roleProfile, SERVICE_ACCOUNTS, UPDATE, when, type Made } from './scenes';

type Raw = { index: number; message?: Told; end?: true };
type Hooks = { language: Language; theme: Theme; turn: string | null; profile: string | null };

export function install(scene: Made, hooks: Hooks): void {
  const callbacks = new Map<number, (raw: Raw) => void>();
  let board = scene.board;
  board = { ...board, choices: { ...board.choices, language: hooks.language, theme: hooks.theme } };
  let log: Entry[] = scene.log ?? [];
  let watcher: ((told: Told) => void) | null = null;
  let reject: ((report: Report) => void) | null = null;
  const asked: Ask[] = [];

  const show = (change: Partial<Board>) => {
    board = { ...board, ...change };
    watcher?.({ type: 'board', board });
  };
  const put = (name: ProfileName, change: Partial<ProfileView>) =>
    show({ view: { ...board.view, profiles: board.view.profiles.map((one) => (one.name === name ? { ...one, ...change } : one)) } });

  const putRole = (name: ProfileName, change: Partial<RoleProfileView>) =>
    show({ view: { ...board.view, role_profiles: board.view.role_profiles.map((one) => (one.name === name ? { ...one, ...change } : one)) } });
  const assumed = () => ({ activity: 'idle', state: 'active', problem: null, began: when(0), until: when(1), renews: when(0.9) }) as const;

  function record(entry: Entry): void {
    log = [entry, ...log];
    show({ recorded: board.recorded + 1 });
  }

  function signIn(name: ProfileName): void {
    put(name, { activity: 'signing_in', problem: null });
    setTimeout(() => put(name, { activity: 'choosing', roles: ROLES, choose_by: when(4.6 / 60) }), scene.slow ?? 900);
  }

  function answer(ask: Ask): Told {
    const done: Told = { type: 'done' };
    switch (ask.type) {
      case 'sign_in':
        signIn(ask.profile);
        return done;
      case 'sign_in_all':
        for (const one of board.view.profiles) if (one.state !== 'active') signIn(one.name);
        return done;
      case 'choose':
        put(ask.profile, { activity: 'assuming', choose_by: null });
        setTimeout(() => put(ask.profile, { activity: 'idle', state: 'active', role: ask.role, began: when(0), until: when(8), choose_by: null }), 500);
        return done;
      case 'renew':
        put(ask.profile, { activity: 'signing_in' });
        setTimeout(() => put(ask.profile, { activity: 'idle', state: 'active', began: when(0), until: when(8) }), 600);
        return done;
      case 'assume':
        putRole(ask.profile, { activity: 'assuming' });
        setTimeout(() => putRole(ask.profile, ask.profile === 'audit' ? { activity: 'idle' } : assumed()), 600);
        return done;
      case 'find_pods': {
        const contexts = scene.contexts ?? CONTEXTS;
        const context = ask.context ?? (scene.current === undefined ? contexts[0] : scene.current) ?? null;
        const dead: Report = { code: 'kube.unreachable', kind: 'sign_in', what: 'https://10.0.0.1:6443 could not be reached: connection refused.', help: 'Check the network and the VPN; a private endpoint of EKS is reached from its own network only.' };
        const problem = context === 'broken' ? dead : null;
        return { type: 'pods', pods: { contexts, context, only_namespace: scene.only ?? null, accounts: context && !problem ? (scene.accounts ?? SERVICE_ACCOUNTS) : [], problem } };
      }
      case 'become_pod': {
        if (ask.name?.includes(' ')) return { type: 'wrong', wrong: [{ field: 'name', flaw: 'blank' }] };
        if (ask.pod.service_account === 'denied' && scene.denied) return { type: 'problem', problem: scene.denied };
        const name = ask.name ?? `pod-${ask.pod.namespace}-${ask.pod.service_account}`;
        const found = SERVICE_ACCOUNTS.find((one) => one.name === ask.pod.service_account);
        const role = found?.role ?? '';
        const claims = { issuer: 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF', subject: `system:serviceaccount:${ask.pod.namespace}:${ask.pod.service_account}`, audiences: ['sts.amazonaws.com'], expires: when(1) };
        const others = board.view.role_profiles.filter((one) => one.name !== name);
        show({ view: { ...board.view, role_profiles: [...others, roleProfile(name, { ...assumed(), renews: null, role, root: null, origin: { type: 'pod', pod: ask.pod }, claims })] } });
        return { type: 'became', became: { profile: name, pod: ask.pod, role, arn: `arn:aws:sts::111111111111:assumed-role/${role.split('/').at(-1) ?? ''}/ada@example.org`, claims, until: when(1) } };
      }
      case 'cancel':
        put(ask.profile, { activity: 'idle', choose_by: null });
        return done;
      case 'sign_out':
        putRole(ask.profile, { activity: 'idle', state: 'signed_out', until: null, began: null, renews: null });
        put(ask.profile, { activity: 'idle', state: 'signed_out', role: null, until: null, began: null, renews: null });
        record({ at: when(0), profile: ask.profile, door: 'window', event: 'signed_out', forgot: ask.forget });
        return done;
      case 'copy':
        return { type: 'copied', clears_after: board.choices.clear_clipboard_after };
      case 'star':
        show({ favourites: ask.starred ? [...board.favourites, ask.role] : board.favourites.filter((role) => role !== ask.role) });
        return done;
      case 'use_always':
        show({ details: board.details.map((one) => (one.profile === ask.profile ? { ...one, default_role: ask.role } : one)) });
        return done;
      case 'also_into':
        return /\s/u.test(ask.name) ? { type: 'wrong', wrong: [{ field: 'name', flaw: 'blank' }] } : done;
      case 'name_account': {
        const others = Object.entries(board.view.accounts).filter(([account]) => account !== ask.account);
        const accounts = Object.fromEntries(ask.name ? [...others, [ask.account, ask.name]] : others);
        show({ view: { ...board.view, accounts } });
        return done;
      }
      case 'read_link':
        if (!ask.text.includes('://')) return { type: 'wrong', wrong: [{ field: 'link', flaw: 'not_a_link' }] };
        return { type: 'link', understood: { tenant: DRAFT.tenant, app_id_uri: DRAFT.app_id_uri, certain: false, tile: 'AWS Landing Zone', application: null, authority: '', username: null } };
      case 'check_draft':
        return { type: 'wrong', wrong: check(ask.draft, ask.edits) };
      case 'save_draft': {
        const wrong = check(ask.draft, ask.edits);
        if (wrong.length > 0) return { type: 'wrong', wrong };
        if (ask.edits === null)
          show({
            view: { ...board.view, profiles: [...board.view.profiles, made(ask.draft.name, {})] },
            details: [...board.details, detail(ask.draft.name, {})],
          });
        else show({ details: board.details.map((one) => (one.profile === ask.edits ? { ...one, process: ask.draft.process, remember_me: ask.draft.remember_me } : one)) });
        return done;
      }
      case 'read_draft': {
        const one = board.details.find((each) => each.profile === ask.profile);
        return { type: 'draft', draft: { ...DRAFT, name: ask.profile, process: one?.process ?? false, remember_me: one?.remember_me ?? false } };
      }
      case 'find_imports':
        return { type: 'imports', imports: scene.imports ?? (board.view.profiles.length === 0 ? IMPORTS : []) };
      case 'settle':
        show({ choices: ask.choices });
        return done;
      case 'start_at_login':
        show({ start_at_login: ask.on });
        return done;
      case 'activity':
        return { type: 'activity', entries: log.slice(ask.skip, ask.skip + ask.limit), more: log.length > ask.skip + ask.limit };
      case 'export_activity':
        return { type: 'exported', path: '/home/ada/Downloads/rolecall-activity-2026-11-23.csv' };
      case 'forget':
        show({ remembered: board.remembered.filter((one) => one.id !== ask.id) });
        return done;
      case 'doctor':
        return { type: 'findings', findings: FINDINGS };
      case 'check_update':
        return { type: 'update', update: UPDATE };
      case 'hint_read':
        show({ place: { ...board.place, hint_read: true } });
        return done;
      case 'console':
        return { type: 'problem', problem: { code: 'console.no_browser', kind: 'files', what: 'No browser could be opened: no default is set.', help: 'Set one in the desktop’s settings.' } };
      default:
        return done;
    }
  }

  function check(draft: Draft, edits: string | null) {
    const wrong: Extract<Told, { type: 'wrong' }>['wrong'] = [];
    if (!draft.name) wrong.push({ field: 'name', flaw: 'missing' });
    else if (/\s/u.test(draft.name)) wrong.push({ field: 'name', flaw: 'blank' });
    else if (edits === null && board.view.profiles.some((one) => one.name === draft.name)) wrong.push({ field: 'name', flaw: 'taken' });
    if (!draft.tenant) wrong.push({ field: 'tenant', flaw: 'missing' });
    if (!draft.app_id_uri) wrong.push({ field: 'app_id_uri', flaw: 'missing' });
    if (!/^(?:[1-9]|1[0-2])$/u.test(draft.duration)) wrong.push({ field: 'duration', flaw: 'not_a_duration' });
    else if (Number(draft.duration) > (board.policy?.max_hours ?? 12)) wrong.push({ field: 'duration', flaw: 'forbidden' });
    if (draft.authority && board.policy?.locked.includes('login_hosts')) wrong.push({ field: 'authority', flaw: 'forbidden' });
    return wrong;
  }

  /** A cluster takes its time. */
  const wait = (ask: Ask) => (ask.type === 'find_pods' && ask.context === 'slow' ? 30_000 : ask.type === 'become_pod' ? 500 : 20);

  function invoke(_command: string, { ask, start, told }: { ask: Ask; start: boolean; told: { id: number } }): Promise<void> {
    asked.push(ask);
    let index = 0;
    const hear = (message: Told) => callbacks.get(told.id)?.({ index: index++, message });
    if (ask.type !== 'watch') {
      return new Promise((resolve) =>
        setTimeout(() => {
          hear(answer(ask));
          resolve();
        }, wait(ask)),
      );
    }
    return new Promise((_resolve, refuse) => {
      reject = refuse;
      watcher = hear;
      setTimeout(() => {
        if (scene.gone && !start) {
          if (index === 0 && hooks.turn !== 'never') hear({ type: 'board', board });
          refuse(scene.gone);
          return;
        }
        hear({ type: 'board', board });
        const name = hooks.profile ?? board.view.profiles[0]?.name ?? '';
        if (hooks.turn === 'roles') hear({ type: 'turn', page: { type: 'roles', profile: name } });
        else if (hooks.turn === 'activity' || hooks.turn === 'settings' || hooks.turn === 'configure' || hooks.turn === 'sessions' || hooks.turn === 'pods') hear({ type: 'turn', page: { type: hooks.turn } });
        hooks.turn = null;
      }, 10);
    });
  }

  let next = 1;
  Object.assign(window, {
    __TAURI_INTERNALS__: {
      invoke,
      transformCallback: (callback: (raw: Raw) => void) => {
        callbacks.set(next, callback);
        return next++;
      },
      unregisterCallback: (id: number) => callbacks.delete(id),
    },
    /** For whoever drives the page: what was asked, and what to change. */
    rolecall: { asked, put, putRole, show, record, leave: (report: Report) => reject?.(report) },
  });
}
