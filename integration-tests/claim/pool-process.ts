/**
 * A process that has something of a pool or waits for it, and that can be killed, stopped and woken up.
 *
 * Invariant: it never outlives whoever started it. Read next: pool-program.ts, what it runs.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PoolProcess, PoolProcessTask } from '@runafter/claim/conformance';
import type { PoolAddress } from './open-pools.ts';
import type { PoolNews, PoolProgram, PoolRequest } from './pool-program.ts';

/** Starts it; resolves when it has been given something, or begins to wait. */
export async function startPoolProcess(
  address: PoolAddress,
  task: PoolProcessTask,
): Promise<PoolProcess> {
  const started = new StartedProcess({ address, task });
  await started.asked;
  return started;
}

const program = fileURLToPath(new URL('./pool-program.ts', import.meta.url));
/** How much of a complaint is kept. */
const mostOfComplaint = 4_000;

class StartedProcess implements PoolProcess {
  readonly claimed: PoolProcess['claimed'];
  /** Resolves when it has asked for something; rejects when the process ends before. */
  readonly asked: Promise<void>;
  readonly #child: ChildProcess;
  /** Rejects when the process has ended. */
  readonly #ended: Promise<never>;

  constructor(task: PoolProgram) {
    this.#child = fork(program, [JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#ended = this.#complainAtEnd();
    this.#ended.catch(() => {});
    this.claimed = this.#hear('claimed').then(({ resource, token }) => ({
      resource,
      token: BigInt(token),
    }));
    const asked = Promise.race([this.claimed, this.#hear('waiting')]);
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

  async look(): Promise<string | undefined> {
    const answer = this.#hear('look');
    this.#send('look');
    return (await this.#orEnd(answer)).code;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#send('close');
    const [code] = await ended;
    if (code !== 0) await this.#ended;
  }

  #send(request: PoolRequest): void {
    this.#child.send(request);
  }

  #orEnd<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#ended]);
  }

  /** The next news of one kind. */
  #hear<Kind extends PoolNews['news']>(
    kind: Kind,
  ): Promise<Extract<PoolNews, { readonly news: Kind }>> {
    return new Promise((resolve) => {
      const heed = (news: PoolNews) => {
        if (news.news !== kind) return;
        this.#child.off('message', heed);
        resolve(news as Extract<PoolNews, { readonly news: Kind }>);
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
