// The window's only timers. They run on whole minutes and at the instants that matter, not while nobody looks.
import { nextTick } from './time';

class Clock {
  now = $state(Date.now());
  #instants: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Instants beside the whole minutes at which something shown changes. */
  mind(instants: number[]): void {
    this.#instants = instants;
    this.#tick();
  }

  start(): () => void {
    const wake = () => this.#tick();
    document.addEventListener('visibilitychange', wake);
    this.#tick();
    return () => {
      clearTimeout(this.#timer);
      document.removeEventListener('visibilitychange', wake);
    };
  }

  #tick(): void {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    this.now = Date.now();
    // A timer may fire a moment early; one more millisecond puts it on the other side.
    this.#timer = setTimeout(() => this.#tick(), nextTick(this.now, this.#instants) + 1);
  }
}

export const clock = new Clock();

/** Calls `tell` with the time at once and on each whole second until `until`; returns how to stop it. */
export function seconds(until: number, tell: (now: number) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = () => {
    clearTimeout(timer);
    const now = Date.now();
    tell(now);
    if (now < until && !document.hidden) timer = setTimeout(tick, ((until - now) % 1000) + 1);
  };
  document.addEventListener('visibilitychange', tick);
  tick();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}
