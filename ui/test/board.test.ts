import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { arn, profile, SCENES } from '../dev/scenes';
import type { Line } from '../src/lib/ask';
import { Store } from '../src/lib/board.svelte';
import type { Activity, Board, Report, Told } from '../src/lib/wire';

const GONE: Report = { code: 'tray.gone', kind: 'files', what: 'It ended.', help: 'Start it again.' };

function board(activity: Activity = 'idle', names = ['work']): Board {
  const one = SCENES.one?.().board;
  if (!one) throw new Error('no scene');
  return { ...one, view: { ...one.view, profiles: names.map((name) => profile(name, { activity })) } };
}

/** A line whose other end the test holds. */
function held() {
  const watches: { start: boolean; hear: (told: Told) => void; leave: (report: Report) => void }[] = [];
  const line: Line = (ask, start, hear) => {
    if (ask.type !== 'watch') {
      hear(ask.type === 'console' ? { type: 'problem', problem: GONE } : { type: 'done' });
      return Promise.resolve();
    }
    return new Promise((_resolve, leave) => watches.push({ start, hear, leave }));
  };
  return { line, watches };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watching(first = board()) {
  const { line, watches } = held();
  const store = new Store(line);
  void store.watch();
  watches[0]?.hear({ type: 'board', board: first });
  const show = (next: Board) => watches.at(-1)?.hear({ type: 'board', board: next });
  return { store, watches, show };
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

it('says a thing for a while', () => {
  const { store } = watching();
  store.say('Copied');
  expect(store.notice).toBe('Copied');
  vi.advanceTimersByTime(60_000);
  expect(store.notice).toBe('');
});
