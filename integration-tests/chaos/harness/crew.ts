/**
 * Processes that share some work, any of which may be killed: it is started again and goes on.
 *
 * Invariant: a worker ends in one of three ways. It is killed by the crew and started again; it ends with
 * exit code 0 and has done its share; anything else is a failure of the whole crew.
 * @module
 */
import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a crew is made of. */
export interface CrewOptions {
  /** How many processes. */
  readonly size: number;
  /** What each of them runs. It calls `endWithParent()` first. */
  readonly program: URL;
  /** What a worker, from 0 on, finds as its argument, in JSON. */
  readonly task: (worker: number) => object;
  /** How much a worker has done since the beginning, whatever has killed it since. */
  readonly done: (worker: number) => number;
  /** Gets what a worker says with `process.send`. */
  readonly onMessage?: (worker: number, message: unknown) => void;
  /** For what Node compiles, so that the next process starts faster. NODE_COMPILE_CACHE goes before it. */
  readonly cacheFolder: string;
}

/** A process that works, and how much was done when it was started. */
interface Running {
  readonly child: ChildProcess;
  readonly doneBefore: number;
}

/** How much of a complaint is kept. */
const mostOfComplaint = 4_000;

export class Crew implements AsyncDisposable {
  /** Resolves when every worker has done its share; rejects when one has failed. */
  readonly finished: Promise<void>;
  readonly #options: CrewOptions;
  readonly #running = new Map<number, Running>();
  readonly #lives: Promise<void>[];
  #kills = 0;
  #isDismissed = false;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#lives = Array.from({ length: options.size }, (_, worker) => this.#live(worker));
    this.finished = Promise.all(this.#lives).then(() => {});
    this.finished.catch(() => {});
  }

  /** How many processes have died of SIGKILL. */
  get kills(): number {
    return this.#kills;
  }

  /** How much all of them have done. */
  get done(): number {
    const { size, done } = this.#options;
    return Array.from({ length: size }, (_, worker) => done(worker)).reduce((a, b) => a + b, 0);
  }

  /** The workers that are in the middle of their work: they have done some of it since their last start. */
  get busy(): number[] {
    const isBusy = ([worker, { doneBefore }]: [number, Running]) =>
      this.#options.done(worker) > doneBefore;
    return [...this.#running].filter(isBusy).map(([worker]) => worker);
  }

  /** Kills a worker with SIGKILL: it gets no chance to say or to finish anything. */
  kill(worker: number): void {
    this.#running.get(worker)?.child.kill('SIGKILL');
  }

  /** Stops a worker in the middle of whatever it does: SIGSTOP. Time goes on without it. */
  pause(worker: number): void {
    this.#running.get(worker)?.child.kill('SIGSTOP');
  }

  /** Lets a worker that was paused go on: SIGCONT. It is not told that it was paused. */
  wake(worker: number): void {
    this.#running.get(worker)?.child.kill('SIGCONT');
  }

  /** Says something to a worker. One that has ended does not hear it. */
  tell(worker: number, message: Serializable): void {
    this.#running.get(worker)?.child.send(message, () => {});
  }

  /** Ends whoever still works, and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDismissed = true;
    for (const worker of this.#running.keys()) this.kill(worker);
    await Promise.allSettled(this.#lives);
  }

  /** One worker, through all its deaths. */
  async #live(worker: number): Promise<void> {
    const { program, task, done, cacheFolder, onMessage } = this.#options;
    while (!this.#isDismissed) {
      const child = fork(fileURLToPath(program), [JSON.stringify(task(worker))], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: { NODE_COMPILE_CACHE: cacheFolder, ...process.env },
      });
      this.#running.set(worker, { child, doneBefore: done(worker) });
      if (onMessage !== undefined) child.on('message', (message) => onMessage(worker, message));
      let complaint = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        complaint = (complaint + text).slice(-mostOfComplaint);
      });
      const [code, signal] = await once(child, 'close');
      this.#running.delete(worker);
      if (this.#isDismissed || code === 0) return;
      if (signal !== 'SIGKILL') {
        const how = signal ?? `exit code ${code}`;
        throw new Error(`Worker ${worker} ended by itself, with ${how}:\n${complaint.trim()}`);
      }
      this.#kills++;
    }
  }
}
