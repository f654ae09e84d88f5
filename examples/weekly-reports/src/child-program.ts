/**
 * A program in a process of its own, from the side of whoever starts and kills it.
 *
 * Invariant: it does not outlive this object, and not this process either: it ends when it loses touch.
 * Read next: child-side.ts, the other side.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ChildMessage } from './child-side.ts';

export class ChildProgram<Event, Outcome> implements AsyncDisposable {
  /** Rejects when the program fails, or ends before it has finished. */
  readonly finished: Promise<Outcome>;
  readonly #child: ChildProcess;

  /**
   * @param file - the program.
   * @param work - what it is to do; it goes through JSON.
   * @param onEvent - called with what it tells while it works.
   */
  constructor(file: string, work: unknown, onEvent: (event: Event) => void) {
    const child = fork(file, [JSON.stringify(work)]);
    this.#child = child;
    this.finished = new Promise((resolve, reject) => {
      child.on('message', (message: ChildMessage<Event, Outcome>) => {
        if (message.type === 'finished') resolve(message.outcome);
        else if (message.type === 'failed') reject(new Error(message.reason));
        else onEvent(message.event);
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
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Asks the process to end: SIGTERM. Resolves when it is gone. */
  end(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    const isGone = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    if (isGone) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
