/**
 * A process that holds a lock or waits for it, and that can be killed, stopped and woken up.
 *
 * Invariant: it never outlives whoever started it. Read next: lock-program.ts, what it runs.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LeaseLook, LockProcess, LockProcessTask } from '@runafter/lock/conformance';
import type { LockNews, LockProgram, LockRequest } from './lock-program.ts';
import type { LockAddress } from './open-lock.ts';

/** Starts it; resolves when it has been granted the name, or begins to wait for it. */
export async function startLockProcess(
  address: LockAddress,
  task: LockProcessTask,
): Promise<LockProcess> {
  const started = new StartedProcess({ address, task });
  await started.asked;
  return started;
}

const program = fileURLToPath(new URL('./lock-program.ts', import.meta.url));
/** How much of a complaint is kept. */
const mostOfComplaint = 4_000;

class StartedProcess implements LockProcess {
  readonly granted: Promise<{ readonly token: bigint; readonly owner: string }>;
  /** Resolves when it has asked for the name; rejects when the process ends before. */
  readonly asked: Promise<void>;
  readonly #child: ChildProcess;
  /** Rejects when the process has ended. */
  readonly #ended: Promise<never>;

  constructor(task: LockProgram) {
    this.#child = fork(program, [JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#ended = this.#complainAtEnd();
    this.#ended.catch(() => {});
    this.granted = this.#hear('granted').then(({ token, owner }) => ({
      token: BigInt(token),
      owner,
    }));
    const asked = Promise.race([this.granted, this.#hear('waiting')]);
    this.asked = this.#orEnd(asked).then(() => {});
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended.catch(() => {});
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  look(): Promise<LeaseLook> {
    return this.#ask({ ask: 'look' });
  }

  stall(ms: number): Promise<LeaseLook> {
    return this.#ask({ ask: 'stall', ms });
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.send({ ask: 'close' } satisfies LockRequest);
    const [code] = await ended;
    if (code !== 0) await this.#ended;
  }

  async #ask(request: LockRequest): Promise<LeaseLook> {
    const answer = this.#hear('look');
    this.#child.send(request);
    const { look } = await this.#orEnd(answer);
    return look;
  }

  #orEnd<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#ended]);
  }

  /** The next news of one kind. */
  #hear<Kind extends LockNews['news']>(
    kind: Kind,
  ): Promise<Extract<LockNews, { readonly news: Kind }>> {
    return new Promise((resolve) => {
      const heed = (news: LockNews) => {
        if (news.news !== kind) return;
        this.#child.off('message', heed);
        resolve(news as Extract<LockNews, { readonly news: Kind }>);
      };
      this.#child.on('message', heed);
    });
  }

  async #complainAtEnd(): Promise<never> {
    let complaint = '';
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-mostOfComplaint);
    });
    const [code, signal] = await once(this.#child, 'close');
    throw new Error(`The process has ended, with ${signal ?? `exit code ${code}`}. ${complaint}`);
  }
}
