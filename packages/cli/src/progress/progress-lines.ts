/**
 * Progress for logs: a line for what ends outside of loops, for every tenth of a loop, and for each
 * failure and retry wherever it is.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import type { RunEvent } from '@runafter/core';
import { printable } from '../printable.ts';
import type { Output } from '../session.ts';
import { loopOf, type RunProgress } from './run-progress.ts';

/** See the module's header. */
export class ProgressLines {
  readonly #progress: RunProgress;
  readonly #output: Output;
  readonly #label: string;
  /** The tenth of each loop that was told last. */
  readonly #tenths = new Map<string, number>();

  constructor(progress: RunProgress, output: Output, label: string | undefined) {
    this.#progress = progress;
    this.#output = output;
    this.#label = label === undefined ? '' : `${printable(label)}: `;
  }

  write(text: string): void {
    this.#output.write(`${this.#label}${text}\n`);
  }

  observe(event: RunEvent): void {
    this.#progress.observe(event);
    const line = this.#lineOf(event);
    if (line !== undefined) this.write(line);
  }

  #lineOf(event: RunEvent): string | undefined {
    switch (event.type) {
      case 'action.ended': {
        const { path, status, duration, error, kind } = event;
        const failed = status === 'Failed' || status === 'TimedOut';
        // A container fails because of what is in it, which has a line of its own.
        const cause = failed && (kind === 'action' || kind === 'child') ? error : undefined;
        if (path.includes(']/') && cause === undefined) return undefined;
        const time = status === 'Skipped' ? '' : ` after ${formatDuration(Math.round(duration))}`;
        const why = cause === undefined ? '' : `: ${cause.code}: ${printable(cause.message)}`;
        return `${printable(path)} ${status}${time}${why}`;
      }
      case 'attempt.ended': {
        const { path, attempt, wait, error } = event;
        if (wait === undefined) return undefined;
        const again = `attempt ${attempt + 1} in ${formatDuration(Math.round(wait))}`;
        return `${printable(path)} failed, ${again}: ${error?.code}: ${printable(error?.message ?? '')}`;
      }
      case 'iteration.ended':
        return this.#tenthOf(loopOf(event.path));
      default:
        return undefined;
    }
  }

  #tenthOf(address: string): string | undefined {
    const loop = this.#progress.loop(address);
    if (loop?.total === undefined) return undefined;
    const tenth = Math.floor((loop.done / loop.total) * 10);
    if (tenth === (this.#tenths.get(address) ?? 0)) return undefined;
    this.#tenths.set(address, tenth);
    return `${printable(loop.path)} ${loop.done}/${loop.total} (${Math.floor((loop.done / loop.total) * 100)}%)`;
  }
}
