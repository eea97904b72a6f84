// The one owner of what the window knows: fed by the resident process, read by every view.
import { asReport, one, tauriLine, type Line } from './ask';
import { concern } from './card';
import { turned, type Spot } from './turn';
import type { Ask, Board, Choices, ProfileName, Report, RoleArn, Told } from './wire';

export type Link = 'waiting' | 'live' | 'gone';

/** Milliseconds until the next try to reach a resident process that went away. */
const BACK_OFF = [1000, 2000, 3000, 5000, 10_000];
/** How long "Copied" and the like stay to be read. */
const NOTICE = 7000;

/** A board on which each profile stands once: of several of one name the first. */
function sound(board: Board): Board {
  const first = <T>(all: T[], name: (one: T) => ProfileName) => all.filter((one, at) => all.findIndex((other) => name(other) === name(one)) === at);
  const profiles = first(board.view.profiles, (one) => one.name);
  const role_profiles = first(board.view.role_profiles, (one) => one.name);
  return { ...board, view: { ...board.view, profiles, role_profiles }, details: first(board.details, (one) => one.profile) };
}

export class Store {
  board = $state.raw<Board | null>(null);
  link = $state<Link>('waiting');
  gone = $state.raw<Report | null>(null);
  spot = $state.raw<Spot>({ type: 'sessions' });
  /** Said once, quietly, at the foot of the window. */
  notice = $state('');
  /** What an action on a card answered, until the next one. */
  refused = $state.raw<Record<ProfileName, Report>>({});
  /** The profile that the wizard is busy with: it shows that profile's progress itself, and no turn takes it away. */
  wizard: ProfileName | null = null;
  /** Somebody types in a form, which no turn of the page may take away. */
  typing = false;

  #line: Line;
  #tries = 0;
  #watching = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #notice: ReturnType<typeof setTimeout> | undefined;
  /** The last change of the choices, which the next one waits for. */
  #settling: Promise<unknown> = Promise.resolve();
  #unsettled = 0;
  /** The choices last sent, until a board comes that can know them. */
  #sent: Choices | null = null;

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

  /** One after the other, each on top of what the one before has sent: the board may not know that yet. */
  settle(change: (now: Choices) => Partial<Choices>): Promise<Told> {
    this.#unsettled++;
    const told = this.#settling.then(async (): Promise<Told> => {
      const now = this.#sent ?? this.board?.choices;
      if (!now) return { type: 'done' };
      this.#sent = { ...now, ...change(now) };
      const told = await this.ask({ type: 'settle', choices: this.#sent });
      if (told.type !== 'done') this.#sent = now;
      return told;
    });
    this.#settling = told.then(() => this.#unsettled--);
    return told;
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
      const after = sound(told.board);
      this.board = after;
      this.#forget(before, after);
      if (this.#unsettled === 0) this.#sent = null;
      this.link = 'live';
      this.gone = null;
      this.#tries = 0;
      this.go(turned(this.spot, before, after, this.#busy()) ?? this.spot);
    } else if (told.type === 'turn' && !this.#busy()) this.go(told.page);
  }

  /** No page comes over a form that is being filled in, nor over a wizard at work. */
  #busy(): boolean {
    return this.wizard !== null || this.typing;
  }

  /** What a profile was refused is no news any more when it has gone on. */
  #forget(before: Board | null, after: Board): void {
    const find = (board: Board | null, name: ProfileName) => board && [...board.view.profiles, ...board.view.role_profiles].find((one) => one.name === name);
    const still = Object.entries(this.refused).filter(([name]) => {
      const was = find(before, name);
      const is = find(after, name);
      return !was || !is || (concern(was) === concern(is) && (is.state !== 'active' || was.state === 'active'));
    });
    this.refused = Object.fromEntries(still);
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
