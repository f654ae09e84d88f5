/**
 * A job as people have it: get each item of a SharePoint list and update it, so many at once.
 *
 * The office and its callers live on one clock that runs faster than the machine's, so latencies, Retry-After and
 * what the callers make of it keep their proportions. Every caller obeys Retry-After by itself.
 *
 * Invariant: each item was updated exactly once, or the job fails. It is nobody's gain to leave some out.
 * @module
 */
import { type Clock, exponential, isThrottled, systemClock } from '@runafter/clock';
import {
  fasterClock,
  officeClient,
  sharepointUnderLoad,
  startOffice,
} from '@runafter/example-office';
import { type Adaptive, adaptive, retry } from '@runafter/throttle';

/** Who does the job: so many workers, and what holds them back. */
export interface Crew {
  readonly name: string;
  readonly workers: number;
  /** Makes the limiter that they share. Default: nothing holds them back. */
  readonly limiter?: (clock: Clock) => Adaptive;
}

/** So many, each of whom is on its own. */
export const fixedCrew = (workers: number): Crew => ({ name: String(workers), workers });

/** As many as a fixed crew may have at most, of whom the limiter lets work as many as it finds best. */
export const adaptiveCrew: Crew = {
  name: 'adaptive',
  workers: 50,
  limiter: (clock) => adaptive({ clock, max: 50 }),
};

export interface JobOptions {
  /** How many items; two calls each. */
  readonly items: number;
  /** How many seconds of the office pass in one. */
  readonly speed: number;
  readonly seed: number;
  /** Called after each item, with how many are done. */
  readonly onUpdated?: (done: number) => void;
}

/** What the job took. */
export interface JobCost {
  /** Of the office's time. */
  readonly seconds: number;
  readonly calls: number;
  /** Calls that were answered with 429, and so made for nothing. */
  readonly rejected: number;
  /** The same, without the first fifth of the calls. */
  readonly late: { readonly calls: number; readonly rejected: number };
}

interface Item {
  readonly Title: string;
  readonly Updates: number;
}

/** Nobody gives up: what counts is how long it takes until all is done. */
const patience = exponential({ count: 1_000, interval: '20s', maximum: '1m', when: isThrottled });

/**
 * Does the job on an office of its own.
 *
 * @throws {Error} an item was not updated, or more than once.
 */
export async function updateItems(
  { workers, limiter: makeLimiter }: Crew,
  { items, speed, seed, onUpdated }: JobOptions,
): Promise<JobCost> {
  const clock = fasterClock(systemClock, speed);
  const limiter = makeLimiter?.(clock);
  await using office = await startOffice({ clock, seed, sharepoint: sharepointUnderLoad });
  const rows = Array.from({ length: items }, (_, index) => ({
    Title: `Item ${index + 1}`,
    Updates: 0,
  }));
  office.createList('Items', ['Title', 'Updates'], rows);
  const list = officeClient(office.url, { connection: 'bench' }).list<Item>('Items');

  const outcomes: boolean[] = [];
  const counted = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      const value = await call();
      outcomes.push(true);
      return value;
    } catch (error) {
      outcomes.push(false);
      throw error;
    }
  };
  const patiently = <T>(call: () => Promise<T>): Promise<T> => {
    const attempt = () => counted(call);
    return retry(() => limiter?.run(attempt) ?? attempt(), patience, { clock });
  };

  let next = 1;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next <= items) {
      const id = next++;
      const { etag, fields } = await patiently(() => list.get(id));
      await patiently(() => list.update(id, etag, { Updates: fields.Updates + 1 }));
      onUpdated?.(++done);
    }
  };
  const begin = clock.monotonic();
  await Promise.all(Array.from({ length: workers }, work));
  const seconds = (clock.monotonic() - begin) / 1_000;

  const stored = office.inspect.items<Item>('Items');
  const wrong = stored.filter(({ fields }) => fields.Updates !== 1);
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${items} items were not updated once.`);
  const late = outcomes.slice(Math.ceil(outcomes.length / 5));
  return {
    seconds,
    calls: outcomes.length,
    rejected: rejectedOf(outcomes),
    late: { calls: late.length, rejected: rejectedOf(late) },
  };
}

function rejectedOf(outcomes: readonly boolean[]): number {
  return outcomes.filter((wasServed) => !wasServed).length;
}
