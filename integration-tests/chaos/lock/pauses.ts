/**
 * One pause after the other: a worker that holds many locks is stopped, until others have written under all of
 * them, and woken. Meanwhile another one is killed, and before it replies get lost.
 *
 * Read next: vigil.ts, the worker's side of it.
 * @module
 */
import { type Random, systemClock } from '@runafter/clock';
import type { Crew } from '../harness/crew.ts';
import type { FaultyNetwork } from '../harness/faulty-network.ts';
import type { LockBackend } from './backend.ts';
import type { Measure } from './measure.ts';
import type { Roster } from './roster.ts';

/** What pauses are made with. */
export interface PauseTools {
  readonly backend: LockBackend;
  readonly measure: Measure;
  readonly crew: Pick<Crew, 'finished' | 'kill' | 'pause' | 'wake' | 'tell'>;
  readonly roster: Roster;
  /** One for each worker, or none at all. */
  readonly networks: readonly FaultyNetwork[];
  readonly random: Random;
  /** Called again and again with the number of zombies so far. */
  readonly onProgress: (zombies: number) => void;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks at what workers have said. */
const tick = 5;
/** After their expiry others have so many milliseconds to be granted the locks of a worker that is paused. */
const grace = 10_000;
/** How often a worker is stopped for one pause, at most. */
const mostStops = 20;
/** Workers that do not do what they should for so many milliseconds are stuck. */
const patience = 90_000;

/**
 * Pauses workers until there have been as many zombies as there are to be. A pause that came at a bad moment
 * makes fewer; when that happens again and again, there are fewer in the end.
 *
 * @throws {Error} a worker has failed, or is stuck.
 */
export async function pauseAgainAndAgain(tools: PauseTools): Promise<void> {
  const { measure, onProgress } = tools;
  const mostPauses = 2 + 2 * Math.ceil(measure.zombies / measure.keepers);
  const work = new Supervision(tools);
  for (let pauses = 0; pauses < mostPauses && work.zombies < measure.zombies; pauses++) {
    await work.pauseOne(pauses);
    onProgress(work.zombies);
  }
  await work.end();
}

class Supervision {
  zombies = 0;
  readonly #tools: PauseTools;
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  constructor(tools: PauseTools) {
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

  async pauseOne(pauses: number): Promise<void> {
    const { backend, measure, crew, roster, networks, random } = this.#tools;
    await this.#until(() => roster.ready.length === measure.processes, 'workers to start');
    this.#disturb(pauses);
    await systemClock.sleep(measure.work);
    const worker = pick(random, roster.ready);
    if (worker === undefined) return;
    roster.expectToKeep(worker);
    crew.tell(worker, 'keep');
    const isAwake = () => roster.zombiesOf(worker) !== undefined;
    await this.#until(() => roster.keeps(worker) || isAwake(), 'a worker to hold all its locks');
    const pausedAt = await this.#pause(worker);
    if (backend.endsWithConnection) {
      await this.#until(() => networks[worker]?.breakDown() ?? true, 'a network to be well again');
    }
    this.#killOneBut(worker);
    const longest = backend.ttl + grace;
    await this.#until(() => {
      const time = systemClock.monotonic() - pausedAt;
      return time > longest || (time > backend.ttl && roster.isSucceeded(worker));
    }, 'others to be granted the locks of a worker that is paused');
    const areZombies = roster.isSucceeded(worker);
    crew.wake(worker);
    await this.#until(isAwake, 'a worker to notice that it was paused');
    if (areZombies) this.zombies += roster.zombiesOf(worker) ?? 0;
  }

  /**
   * Stops a worker while it keeps nobody from working. In the middle of a transaction it may do so, such as of
   * SQLite's; then it goes on for an instant.
   *
   * @returns since when it is paused.
   */
  async #pause(worker: number): Promise<number> {
    const { backend, crew, roster } = this.#tools;
    for (let stops = 1; ; stops++) {
      crew.pause(worker);
      const pausedAt = systemClock.monotonic();
      // What was said before takes a moment to be heard.
      await systemClock.sleep(tick);
      const { writes } = roster;
      const isLong = () => systemClock.monotonic() - pausedAt > backend.ttl / 4;
      await this.#until(() => roster.writes > writes || isLong(), 'others to go on');
      if (roster.writes > writes || stops === mostStops) return pausedAt;
      crew.wake(worker);
      await systemClock.sleep(tick);
    }
  }

  /** Lets all workers finish their turns. */
  async end(): Promise<void> {
    const { crew, roster, measure } = this.#tools;
    await this.#until(() => roster.ready.length === measure.processes, 'workers to start');
    for (const worker of roster.ready) crew.tell(worker, 'end');
    await this.#until(() => this.#isOver, 'workers to end');
  }

  #disturb(pauses: number): void {
    const { measure, networks, random } = this.#tools;
    for (let replies = 0; replies < measure.lostReplies; replies++)
      pick(random, networks)?.loseReply();
    if (pauses % measure.pausesPerOutage === 1) pick(random, networks)?.breakDown();
  }

  #killOneBut(worker: number): void {
    const { crew, roster, random } = this.#tools;
    const others = roster.ready.filter((other) => other !== worker);
    const victim = pick(random, others);
    if (victim === undefined) return;
    roster.remove(victim);
    crew.kill(victim);
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const { signal, onProgress } = this.#tools;
    const since = systemClock.monotonic();
    while (!condition()) {
      signal.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure.error;
      if (systemClock.monotonic() - since > patience) {
        throw new Error(`Waited ${patience / 1_000} s for ${what}.`);
      }
      onProgress(this.zombies);
      await systemClock.sleep(tick);
    }
  }
}

function pick<T>(random: Random, things: readonly T[]): T | undefined {
  return things[Math.floor(random() * things.length)];
}
