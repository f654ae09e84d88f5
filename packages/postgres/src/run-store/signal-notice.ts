/**
 * What is told of a signal in a notification: who tells it, the run, and the signal.
 * @module
 */
import type { StoredSignal } from '@runafter/core';

/** PostgreSQL takes less than 8,000 bytes. */
const maxBytes = 7_999;

export interface SignalNotice {
  /** The store that has kept it. */
  readonly sender: string;
  /** The id of the run; undefined for any run, where it did not fit. */
  readonly runId?: string;
  /** Undefined where it did not fit. */
  readonly signal?: StoredSignal;
}

/** JSON, without what does not fit. Half of a surrogate pair is escaped in it, and so is U+0000. */
export function toPayload(sender: string, runId: string, signal: StoredSignal): string {
  const notices: readonly SignalNotice[] = [
    { sender, runId, signal },
    { sender, runId },
  ];
  const texts = notices.map((notice) => JSON.stringify(notice));
  return texts.find((text) => Buffer.byteLength(text) <= maxBytes) ?? JSON.stringify({ sender });
}

/** @returns undefined for what is no notice: anybody may notify. */
export function fromPayload(payload: string): SignalNotice | undefined {
  try {
    const notice = JSON.parse(payload);
    return typeof notice?.sender === 'string' ? notice : undefined;
  } catch {
    return undefined;
  }
}
