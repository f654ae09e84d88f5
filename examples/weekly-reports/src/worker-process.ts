/**
 * A process that works on the weekly reports, from the side of whoever starts and kills it.
 *
 * Invariant: it does not outlive this object, and not this process either: it ends when it loses touch.
 * Read next: worker.ts, the program that runs in it.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Summary } from './summary.ts';

/** What the process is to do; it goes through JSON. */
export interface Work {
  /** Where the office is. */
  readonly url: string;
  /** The file that the run is kept in. */
  readonly database: string;
  readonly runId: string;
  /** Milliseconds that the store waits for a sign of life. */
  readonly lease: number;
  readonly speed: number;
  readonly fail: boolean;
}

/** What the process tells while it works. */
export type WorkerEvent =
  /** The handler of an action is called. */
  | { readonly type: 'called'; readonly path: string }
  /** A report is done with. */
  | { readonly type: 'processed' };

export type WorkerMessage =
  | WorkerEvent
  | { readonly type: 'finished'; readonly summary: Summary }
  | { readonly type: 'failed'; readonly reason: string };

const program = join(import.meta.dirname, 'worker.ts');

export class WorkerProcess implements AsyncDisposable {
  /** Rejects when the process fails, or ends before it has finished. */
  readonly finished: Promise<Summary>;
  readonly #child: ChildProcess;

  constructor(work: Work, onEvent: (event: WorkerEvent) => void) {
    const child = fork(program, [JSON.stringify(work)]);
    this.#child = child;
    this.finished = new Promise((resolve, reject) => {
      child.on('message', (message: WorkerMessage) => {
        if (message.type === 'finished') resolve(message.summary);
        else if (message.type === 'failed') reject(new Error(message.reason));
        else onEvent(message);
      });
      child.once('error', reject);
      // What it has said last may be read after it has ended, but before its channel has.
      child.once('disconnect', () => reject(new Error(`Process ${child.pid} has ended.`)));
    });
    this.finished.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends the process as a power cut would: SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    const isGone = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    if (isGone) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
