import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { arn, detail, profile, SCENES } from '../dev/scenes';
import type { Line } from '../src/lib/ask';
import { Store } from '../src/lib/board.svelte';
import type { Activity, Ask, Board, Choices, Report, State, Told } from '../src/lib/wire';

const GONE: Report = { code: 'tray.gone', kind: 'files', what: 'It ended.', help: 'Start it again.' };

function board(activity: Activity = 'idle', names = ['work']): Board {
  const one = SCENES.one?.().board;
  if (!one) throw new Error('no scene');
  return { ...one, view: { ...one.view, profiles: names.map((name) => profile(name, { activity })) } };
}

/** A line whose other end the test holds. */
function held() {
  const asked: { ask: Ask; answer: (told: Told) => void }[] = [];
  const watches: { start: boolean; hear: (told: Told) => void; leave: (report: Report) => void }[] = [];
  const line: Line = (ask, start, hear) => {
    if (ask.type === 'settle') {
      asked.push({ ask, answer: hear });
      return new Promise(() => undefined);
    }
    if (ask.type !== 'watch') {
      hear(ask.type === 'console' ? { type: 'problem', problem: GONE } : { type: 'done' });
      return Promise.resolve();
    }
    return new Promise((_resolve, leave) => watches.push({ start, hear, leave }));
  };
  return { line, watches, asked };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watching(first = board()) {
  const { line, watches, asked } = held();
  const store = new Store(line);
  void store.watch();
  watches[0]?.hear({ type: 'board', board: first });
  const show = (next: Board) => watches.at(-1)?.hear({ type: 'board', board: next });
  return { store, watches, show, asked };
}

describe('watching', () => {
  it('shows the board as it comes', () => {
    const { store, show } = watching();
    const next = board('idle', ['other']);
    show(next);
    expect(store.board).toEqual(next);
    expect(store.link).toBe('live');
  });

  it('keeps the last board when the resident process goes, and tries again by itself, more slowly', async () => {
    const { store, watches } = watching();
    watches[0]?.leave(GONE);
    await vi.advanceTimersByTimeAsync(0);
    expect(store.link).toBe('gone');
    expect(store.board).not.toBeNull();
    await vi.advanceTimersByTimeAsync(1000);
    expect(watches).toHaveLength(2);
    expect(watches[1]?.start).toBe(false);
    watches[1]?.leave(GONE);
    await vi.advanceTimersByTimeAsync(1000);
    expect(watches).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(watches).toHaveLength(3);
    watches[2]?.hear({ type: 'board', board: board() });
    expect(store.link).toBe('live');
  });

  it('starts it again where somebody says so; an older watch is not heard any more', async () => {
    const { store, watches } = watching();
    watches[0]?.leave(GONE);
    await vi.advanceTimersByTimeAsync(0);
    void store.watch(true);
    expect(watches.at(-1)?.start).toBe(true);
    watches.at(-1)?.hear({ type: 'board', board: board('idle', ['new']) });
    watches[0]?.hear({ type: 'board', board: board('idle', ['old']) });
    expect(store.board?.view.profiles[0]?.name).toBe('new');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(watches).toHaveLength(2);
  });
});

describe('the page', () => {
  it('is what somebody asked for in the tray menu', () => {
    const { store, watches } = watching();
    watches[0]?.hear({ type: 'turn', page: { type: 'settings' } });
    expect(store.spot).toEqual({ type: 'settings' });
  });

  it.each([{ type: 'settings' }, { type: 'activity' }, { type: 'configure' }, { type: 'sessions' }, { type: 'roles', profile: 'work' }] as const)('does not turn to $type over a form, nor over a wizard at work', (page) => {
    const { store, watches } = watching();
    const edit = { type: 'edit', profile: 'work' } as const;
    store.go(edit);
    store.typing = true;
    watches[0]?.hear({ type: 'turn', page });
    expect(store.spot).toEqual(edit);
    store.typing = false;
    store.wizard = 'work';
    watches[0]?.hear({ type: 'turn', page });
    expect(store.spot).toEqual(edit);
    store.wizard = null;
    watches[0]?.hear({ type: 'turn', page });
    expect(store.spot).toEqual(page);
  });

  it('is the wizard where there is no profile', () => {
    expect(watching(board('idle', [])).store.spot).toEqual({ type: 'configure' });
  });

  it('is the roles when a sign-in waits for a choice, and home when that is over', () => {
    const { store, show } = watching();
    show(board('choosing'));
    expect(store.spot).toEqual({ type: 'roles', profile: 'work' });
    show(board('assuming'));
    expect(store.spot).toEqual({ type: 'sessions' });
  });

  it('stays with the wizard, which shows the roles itself', () => {
    const { store, show } = watching(board('idle', []));
    store.wizard = 'work';
    show(board('choosing'));
    expect(store.spot).toEqual({ type: 'configure' });
  });

  it('does not come back to the roles that somebody left', () => {
    const { store, show } = watching();
    show(board('choosing'));
    store.go({ type: 'sessions' });
    show(board('choosing'));
    expect(store.spot).toEqual({ type: 'sessions' });
  });
});

it('keeps what an action was refused with, until the next one', async () => {
  const { store } = watching();
  await store.act('work', { type: 'console', profile: 'work', service: null });
  expect(store.refused.work).toEqual(GONE);
  await store.choose('work', arn('111111111111', 'Reader'));
  expect(store.refused.work).toBeUndefined();
});

describe('a refusal', () => {
  async function refusing() {
    const all = watching();
    await all.store.act('work', { type: 'console', profile: 'work', service: null });
    return all;
  }
  const stands = (state: State) => ({ ...board(), view: { ...board().view, profiles: [profile('work', { state })] } });

  it('stays while its profile stands as it stood', async () => {
    const { store, show } = await refusing();
    show(board());
    expect(store.refused.work).toEqual(GONE);
    show(board('renewing'));
    expect(store.refused.work).toEqual(GONE);
  });

  it.each([
    ['something is under way', board('signing_in')],
    ['it is active', stands('active')],
  ])('goes when %s', async (_when, next) => {
    const { store, show } = await refusing();
    show(next);
    expect(store.refused).toEqual({});
  });
});

it('of profiles of one name the first is shown', () => {
  const twice = board('idle', ['work', 'play', 'work']);
  const { store } = watching({ ...twice, details: [detail('work', { duration: 1 }), detail('work', {})] });
  expect(store.board?.view.profiles).toEqual(twice.view.profiles.slice(0, 2));
  expect(store.board?.details).toEqual([detail('work', { duration: 1 })]);
});

describe('settling', () => {
  const choices = (ask: Ask | undefined): Partial<Choices> => (ask?.type === 'settle' ? ask.choices : {});

  it('waits for the change before, and builds on it', async () => {
    const { store, asked, show } = watching();
    const one = store.settle(() => ({ theme: 'dark', warn_before: [30] }));
    const two = store.settle((now) => ({ language: 'de', warn_before: [...now.warn_before, 5] }));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(1);
    // A board of before the change says nothing new.
    show(board());
    asked[0]?.answer({ type: 'done' });
    expect(await one).toEqual({ type: 'done' });
    await vi.advanceTimersByTimeAsync(0);
    expect(choices(asked[1]?.ask)).toMatchObject({ theme: 'dark', language: 'de', warn_before: [30, 5] });
    asked[1]?.answer({ type: 'done' });
    await two;
  });

  it('does not build on what was refused', async () => {
    const { store, asked } = watching();
    const one = store.settle(() => ({ theme: 'dark' }));
    void store.settle(() => ({ language: 'de' }));
    await vi.advanceTimersByTimeAsync(0);
    asked[0]?.answer({ type: 'problem', problem: GONE });
    expect(await one).toEqual({ type: 'problem', problem: GONE });
    await vi.advanceTimersByTimeAsync(0);
    expect(choices(asked[1]?.ask)).toMatchObject({ theme: 'system', language: 'de' });
  });

  it('takes up what somebody else has changed since', async () => {
    const { store, asked, show } = watching();
    const one = store.settle(() => ({ theme: 'dark' }));
    await vi.advanceTimersByTimeAsync(0);
    asked[0]?.answer({ type: 'done' });
    await one;
    await vi.advanceTimersByTimeAsync(0);
    show({ ...board(), choices: { ...board().choices, theme: 'light' } });
    void store.settle(() => ({ language: 'de' }));
    await vi.advanceTimersByTimeAsync(0);
    expect(choices(asked[1]?.ask)).toMatchObject({ theme: 'light', language: 'de' });
  });
});

it('says a thing for a while', () => {
  const { store } = watching();
  store.say('Copied');
  expect(store.notice).toBe('Copied');
  vi.advanceTimersByTime(60_000);
  expect(store.notice).toBe('');
});
