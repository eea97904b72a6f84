// The one owner of what the window knows: fed by the resident process, read by every view.
import { asReport, one, tauriLine, type Line } from './ask';
import { turned, type Spot } from './turn';
import type { Ask, Board, Choices, ProfileName, Report, RoleArn, Told } from './wire';

export type Link = 'waiting' | 'live' | 'gone';

/** Milliseconds until the next try to reach a resident process that went away. */
const BACK_OFF = [1000, 2000, 3000, 5000, 10_000];
/** How long "Copied" and the like stay to be read. */
const NOTICE = 7000;

export class Store {
  board = $state.raw<Board | null>(null);
  link = $state<Link>('waiting');
  gone = $state.raw<Report | null>(null);
  spot = $state.raw<Spot>({ type: 'sessions' });
  /** Said once, quietly, at the foot of the window. */
  notice = $state('');
  /** What an action on a card answered, until the next one. */
  refused = $state.raw<Record<ProfileName, Report>>({});
  /** The profile that the wizard is busy with: it shows that profile's progress itself. */
  wizard: ProfileName | null = null;
  /** Somebody types in a form, which no turn of the page may take away. */
  typing = false;

  #line: Line;
  #tries = 0;
  #watching = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #notice: ReturnType<typeof setTimeout> | undefined;

  constructor(line: Line = tauriLine) {
    this.#line = line;
  }

  /** Watches until the resident process goes, then tries again by itself, more and more slowly. */
  async watch(start = false): Promise<void> {
    clearTimeout(this.#retry);
    const mine = ++this.#watching;
    try {
      await this.#line({ type: 'watch' }, start, (told) => mine === this.#watching && this.#hear(told));
      if (mine === this.#watching) this.#lost(null);
    } catch (reason) {
      if (mine === this.#watching) this.#lost(asReport(reason));
    }
  }

  ask(ask: Ask): Promise<Told> {
    return one(this.#line, ask);
  }

  /** A wish whose refusal belongs on the profile's card. */
  async act(profile: ProfileName, ask: Ask): Promise<Told> {
    this.#refuse(profile, null);
    const told = await this.ask(ask);
    if (told.type === 'problem') this.#refuse(profile, told.problem);
    return told;
  }

  choose(profile: ProfileName, role: RoleArn): Promise<Told> {
    return this.act(profile, { type: 'choose', profile, role });
  }

  settle(change: Partial<Choices>): Promise<Told> {
    if (!this.board) return Promise.resolve({ type: 'done' });
    return this.ask({ type: 'settle', choices: { ...this.board.choices, ...change } });
  }

  go(spot: Spot): void {
    this.spot = spot.type === 'sessions' && this.board?.view.profiles.length === 0 ? { type: 'configure' } : spot;
  }

  say(text: string): void {
    clearTimeout(this.#notice);
    this.notice = text;
    this.#notice = setTimeout(() => (this.notice = ''), NOTICE);
  }

  #hear(told: Told): void {
    if (told.type === 'board') {
      const before = this.board;
      this.board = told.board;
      this.link = 'live';
      this.gone = null;
      this.#tries = 0;
      const own = this.wizard !== null || this.typing;
      this.go(turned(this.spot, before, told.board, own) ?? this.spot);
    } else if (told.type === 'turn') {
      // The roles come by themselves, too: never over a form, nor over a wizard that shows them itself.
      if (told.page.type !== 'roles' || (this.wizard === null && !this.typing)) this.go(told.page);
    }
  }

  #lost(report: Report | null): void {
    this.link = 'gone';
    this.gone = report;
    const wait = BACK_OFF[Math.min(this.#tries++, BACK_OFF.length - 1)];
    this.#retry = setTimeout(() => void this.watch(), wait);
  }

  #refuse(profile: ProfileName, problem: Report | null): void {
    const rest = Object.entries(this.refused).filter(([name]) => name !== profile);
    this.refused = Object.fromEntries(problem ? [...rest, [profile, problem]] : rest);
  }
}

export const store = new Store();
