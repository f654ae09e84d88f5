/**
 * One round after the other: replies get lost, a worker is stopped until its leases have ended and others have what
 * they were of, another one is killed, and resources come and go.
 * @module
 */
import { type Random, systemClock } from '@runafter/clock';
import type { Crew } from '../harness/crew.ts';
import type { FaultyNetwork } from '../harness/faulty-network.ts';
import type { ClaimBackend } from './backend.ts';
import type { Stock } from './stock.ts';
import type { Report } from './task.ts';

/** What rounds are made with. */
export interface RoundTools {
  readonly backend: ClaimBackend;
  readonly crew: Pick<Crew, 'finished' | 'kill' | 'pause' | 'wake' | 'tell'>;
  /** How many workers there are. */
  readonly size: number;
  /** One for each worker, or none at all. */
  readonly networks: readonly FaultyNetwork[];
  readonly stock: Stock;
  readonly random: Random;
  /** Called with how often a worker was overtaken. */
  readonly onProgress: (overtaken: number) => void;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks at what workers have said. */
const tick = 5;
/** Milliseconds of work before a worker is stopped. */
const work = 250;
/** Turns that workers finish before the next thing happens to them. */
const turns = 6;
const lostReplies = 3;
/** How many rounds there are at most for each that succeeds. */
const mostTries = 3;
/** Before every so many rounds, connections are cut for a while. */
const roundsPerOutage = 3;
/** How often a worker is stopped for one pause, at most. */
const mostStops = 20;
/** After its expiry others have so many milliseconds to be given what a worker has leased that is paused. */
const grace = 10_000;
/** Workers that do not do what they should for so many milliseconds are stuck. */
const patience = 60_000;

export class Rounds {
  readonly #tools: RoundTools;
  readonly #ready = new Set<number>();
  #turns = 0;
  #rounds = 0;
  /** The token of the last write to what each resource guards. */
  readonly #written = new Map<string, bigint>();
  /** The worker that is to be paused, and what it keeps until then. */
  #keeper: number | undefined;
  readonly #kept = new Map<string, bigint>();
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  constructor(tools: RoundTools) {
    this.#tools = tools;
    tools.crew.finished.then(
      () => {
        this.#isOver = true;
      },
      (error) => {
        this.#failure = { error };
      },
    );
  }

  /** To be called with whatever a worker says. */
  hear(worker: number, report: Report): void {
    if (report.kind === 'ready') this.#ready.add(worker);
    else if (report.kind === 'done') this.#turns++;
    else if (report.kind === 'wrote') this.#written.set(report.key, BigInt(report.token));
    else if (worker === this.#keeper) this.#kept.set(report.key, BigInt(report.token));
  }

  /**
   * Goes on until a worker was overtaken so often by others while it was paused. A pause that came at a bad moment is
   * none; when that happens again and again, there are fewer in the end.
   *
   * @throws {Error} a worker has failed, or is stuck.
   */
  async go(count: number): Promise<void> {
    for (let overtaken = 0; overtaken < count && this.#rounds < mostTries * count; this.#rounds++) {
      if (await this.#round()) overtaken++;
      this.#tools.onProgress(overtaken);
    }
    await this.#allReady();
    for (const worker of this.#ready) this.#tools.crew.tell(worker, 'end');
    await this.#until(() => this.#isOver, 'workers to end');
  }

  /** @returns whether others have written under what a worker has leased that was paused. */
  async #round(): Promise<boolean> {
    const { backend, crew, stock, random } = this.#tools;
    await this.#allReady();
    this.#disturb();
    await systemClock.sleep(work);
    await this.#turnsOf(turns, patience);
    const keeper = pick(random, [...this.#ready]);
    if (keeper === undefined) return false;
    this.#keeper = keeper;
    this.#kept.clear();
    crew.tell(keeper, 'keep');
    await this.#until(() => this.#kept.size > 0, 'a worker to keep what it has leased');
    const pausedAt = await this.#pause(keeper);
    await stock.offerOnly(new Set(this.#kept.keys()));
    const longest = backend.ttl + grace;
    await this.#until(() => {
      const time = systemClock.monotonic() - pausedAt;
      return time > longest || (time > backend.ttl && this.#isSucceeded());
    }, 'others to write to what a worker has leased that is paused');
    const isOvertaken = this.#isSucceeded();
    this.#killOneBut(keeper);
    crew.wake(keeper);
    await stock.restore();
    crew.tell(keeper, 'go on');
    return isOvertaken;
  }

  /** Whether others have written under something that the worker has kept. */
  #isSucceeded(): boolean {
    return [...this.#kept].some(([key, token]) => (this.#written.get(key) ?? 0n) > token);
  }

  async #allReady(): Promise<void> {
    await this.#until(() => this.#ready.size === this.#tools.size, 'workers to start');
  }

  #disturb(): void {
    const { networks, random } = this.#tools;
    for (let replies = 0; replies < lostReplies; replies++) pick(random, networks)?.loseReply();
    if (this.#rounds % roundsPerOutage === 0) pick(random, networks)?.breakDown();
  }

  /**
   * Stops a worker while it keeps nobody from working. In the middle of a transaction it may do so, such as of
   * SQLite's; then it goes on for an instant.
   *
   * @returns since when it is paused.
   */
  async #pause(worker: number): Promise<number> {
    const { backend, crew } = this.#tools;
    for (let stops = 1; ; stops++) {
      crew.pause(worker);
      const pausedAt = systemClock.monotonic();
      // What was said before takes a moment to be heard.
      await systemClock.sleep(tick);
      if ((await this.#turnsOf(1, backend.ttl / 2)) || stops === mostStops) return pausedAt;
      crew.wake(worker);
      await systemClock.sleep(tick);
    }
  }

  #killOneBut(worker: number): void {
    const { crew, random } = this.#tools;
    const victim = pick(
      random,
      [...this.#ready].filter((other) => other !== worker),
    );
    if (victim === undefined) return;
    this.#ready.delete(victim);
    crew.kill(victim);
  }

  /** @returns whether there were so many before the time was over, in milliseconds. */
  async #turnsOf(count: number, time: number): Promise<boolean> {
    const [before, since] = [this.#turns, systemClock.monotonic()];
    const isDone = () => this.#turns >= before + count;
    await this.#until(() => isDone() || systemClock.monotonic() - since > time, 'others to go on');
    return isDone();
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const since = systemClock.monotonic();
    while (!condition()) {
      this.#tools.signal.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure.error;
      if (systemClock.monotonic() - since > patience) {
        throw new Error(`Waited ${patience / 1_000} s for ${what}.`);
      }
      await systemClock.sleep(tick);
    }
  }
}

function pick<T>(random: Random, things: readonly T[]): T | undefined {
  return things[Math.floor(random() * things.length)];
}
