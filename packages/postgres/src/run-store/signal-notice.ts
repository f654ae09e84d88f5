/**
 * What write-runs.ts notifies of a signal, as the port's objects.
 * @module
 */
import type { StoredSignal } from '@runafter/core';
import { type SignalRow, toSignal } from './run-rows.ts';

export interface SignalNotice {
  readonly sender: string;
  /** The stored id of the run; undefined for any run, where its id did not fit. */
  readonly run: string | undefined;
  /** Undefined where it did not fit. */
  readonly signal: StoredSignal | undefined;
}

/** @returns undefined for what is no such notice: anybody may notify. */
export function toNotice(payload: string): SignalNotice | undefined {
  const parts = arrayIn(payload);
  if (parts === undefined) return undefined;
  const [sender, run, number, event, correlate, text, id] = parts;
  const row: SignalRow = { number, event, correlate, payload: text, id };
  return { sender, run, signal: event === undefined ? undefined : toSignal(row) };
}

// biome-ignore lint/suspicious/noExplicitAny: the function in the database alone knows what it has put in.
function arrayIn(payload: string): any[] | undefined {
  if (!payload.startsWith('[')) return undefined;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
