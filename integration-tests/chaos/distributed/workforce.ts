/**
 * The four workers of a store, and the networks between them and their services.
 *
 * Invariant: a worker is told to close until it has heard it: one that is killed meanwhile hears it in its next life.
 * Read next: worker.ts; links.ts, the networks.
 * @module
 */
import { systemClock } from '@runafter/clock';
import { Crew } from '../harness/crew.ts';
import type { FaultyNetwork } from '../harness/faulty-network.ts';
import type { Subject } from '../harness/try-backends.ts';
import type { DistributedBackend } from './backend.ts';
import { type Links, linksTo } from './links.ts';
import type { DistributedTask, Order, Report } from './task.ts';

const processes = 4;
/** Milliseconds for workers that are told to close. */
const timeToClose = 20_000;

/** What the workers are for. */
export interface WorkforceOptions {
  readonly subject: Subject<DistributedBackend>;
  /** The URL of the Redis server with the queues. */
  readonly queues: string;
  readonly plans: readonly string[];
  readonly workLog: string;
  /** For what Node compiles. */
  readonly cacheFolder: string;
  /** Gets what a worker says. */
  readonly hear: (worker: number, report: Report) => void;
}

export class Workforce implements AsyncDisposable {
  readonly crew: Crew;
  readonly networks: readonly FaultyNetwork[];
  readonly #links: readonly Links[];
  /** How often each of them was ready for work. */
  readonly #lives = Array.from({ length: processes }, () => 0);
  readonly #hear: WorkforceOptions['hear'];
  #isClosing = false;

  private constructor(options: WorkforceOptions, links: readonly Links[]) {
    const { subject, plans, workLog, cacheFolder, hear } = options;
    this.#links = links;
    this.#hear = hear;
    this.networks = links.flatMap((one) => one.networks);
    this.crew = new Crew({
      size: processes,
      program: new URL('./worker.ts', import.meta.url),
      cacheFolder,
      done: (worker) => this.#lives[worker] ?? 0,
      task: (worker): DistributedTask => ({
        ...(links[worker] as Links).addresses,
        ...{ backend: subject.file, plans, workLog, eager: worker % 2 === 0 },
      }),
      onMessage: (worker, report) => this.#listen(worker, report as Report),
    });
  }

  static async start(options: WorkforceOptions): Promise<Workforce> {
    const links = Array.from({ length: processes }, () => linksTo(options.subject, options.queues));
    return new Workforce(options, await Promise.all(links));
  }

  /**
   * Tells everybody to close, and waits until all processes have ended by themselves.
   *
   * @returns false when one has not within the time that is good for it.
   * @throws {Error} one of them has failed.
   */
  async close(): Promise<boolean> {
    this.#isClosing = true;
    for (const worker of this.#lives.keys()) this.tell(worker, { kind: 'end' });
    const enough = new AbortController();
    const time = systemClock.sleep(timeToClose, { signal: enough.signal });
    try {
      return await Promise.race([this.crew.finished.then(() => true), time.then(() => false)]);
    } finally {
      enough.abort();
      await time.catch(() => {});
    }
  }

  /** Says something to a worker. One that is dead does not hear it. */
  tell(worker: number, order: Order): void {
    this.crew.tell(worker, order);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crew[Symbol.asyncDispose]();
    await Promise.all(this.#links.map((links) => links[Symbol.asyncDispose]()));
  }

  #listen(worker: number, report: Report): void {
    if (report.kind === 'ready') this.#lives[worker] = (this.#lives[worker] ?? 0) + 1;
    if (this.#isClosing) this.tell(worker, { kind: 'end' });
    this.#hear(worker, report);
  }
}
