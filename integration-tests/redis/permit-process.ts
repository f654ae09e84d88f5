/**
 * A process that holds a permit or waits for one, and that can be killed, stopped and woken up.
 *
 * Invariant: it never outlives whoever started it. Read next: programs/permit-program.ts, what it runs.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PermitTask } from './open-permits.ts';
import type { PermitNews } from './programs/permit-program.ts';

const program = fileURLToPath(new URL('./programs/permit-program.ts', import.meta.url));

export class PermitProcess {
  /** Resolves when it has the permit. Never rejects: a process may be ended before. */
  readonly granted: Promise<void>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'close');
    this.granted = this.#hear('granted');
  }

  /** Resolves when it has asked for its permit. */
  static async start(task: PermitTask): Promise<PermitProcess> {
    const child = fork(program, [JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const started = new PermitProcess(child);
    const ended = started.#ended.then(() => {
      throw new Error('The process has ended before it asked.');
    });
    await Promise.race([started.#hear('asked'), ended]);
    return started;
  }

  get entered(): Promise<void> {
    return this.granted;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async leave(): Promise<void> {
    this.#child.send('leave');
    await this.#ended;
  }

  #hear(wanted: PermitNews): Promise<void> {
    return new Promise((resolve) => {
      this.#child.on('message', (news: PermitNews) => {
        if (news === wanted) resolve();
      });
    });
  }
}
