// The one way to the resident process: a question, and the answers that come over its channel.
import { Channel, invoke } from '@tauri-apps/api/core';
import type { Ask, Report, Told } from './wire';

/** Asks; every answer goes to `hear`. Resolves when the conversation is over, rejects with a [`Report`]. */
export type Line = (ask: Ask, start: boolean, hear: (told: Told) => void) => Promise<void>;

export const tauriLine: Line = async (ask, start, hear) => {
  const told = new Channel<Told>(hear);
  await invoke('ask', { ask, start, told });
};

/** The command's end and the channel's message travel apart: the end may be first. */
const STRAGGLER = 2000;

/** One question, one answer; what cannot be asked comes back as a problem. */
export function one(line: Line, ask: Ask): Promise<Told> {
  return new Promise((resolve) => {
    line(ask, false, resolve).then(
      () => setTimeout(() => resolve({ type: 'done' }), STRAGGLER),
      (reason: unknown) => resolve({ type: 'problem', problem: asReport(reason) }),
    );
  });
}

/** What a rejected command says; Tauri itself rejects with a plain text. */
export function asReport(reason: unknown): Report {
  if (typeof reason === 'object' && reason !== null && 'code' in reason && 'what' in reason) return reason as Report;
  return { code: 'window.failed', kind: 'files', what: String(reason), help: '' };
}
