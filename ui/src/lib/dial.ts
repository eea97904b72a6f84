// The dial around a card's mark: the face of a wall clock, its arc running from where the hour hand stands now to where
// it will stand when the session ends. AWS sessions last twelve hours at most, so one turn is enough.
import { HOUR } from './time';

/** Turns from twelve o'clock, 0 to 1. */
export function hourHand(at: number): number {
  const date = new Date(at);
  return ((date.getHours() % 12) + date.getMinutes() / 60 + date.getSeconds() / 3600) / 12;
}

/** Where the arc begins and how long it is, in turns. */
export function arc(now: number, until: number): { from: number; length: number } {
  const left = Math.min(12 * HOUR, Math.max(0, until - now));
  return { from: hourHand(now), length: left / (12 * HOUR) };
}

/** An arc as an SVG path around (0, 0); a full turn is two halves. */
export function arcPath(from: number, length: number, radius: number): string {
  const point = (turn: number) => {
    const angle = turn * 2 * Math.PI;
    return `${(radius * Math.sin(angle)).toFixed(3)} ${(-radius * Math.cos(angle)).toFixed(3)}`;
  };
  if (length <= 0) return '';
  const half = from + length / 2;
  const curve = (to: number) => `A${radius} ${radius} 0 0 1 ${point(to)}`;
  return `M${point(from)}${curve(half)}${curve(from + Math.min(length, 0.9999))}`;
}
