/**
 * What retry() costs beside the call itself, next to p-retry: when the call succeeds at once, and when it fails
 * twice with the shortest wait that a timer can make.
 *
 * Both are told the same: which errors to try again, how often, and to wait 1 ms. No wait at all would compare
 * something else: p-retry then goes on without a timer, ours always lets the event loop turn, since a call that
 * fails at once would otherwise keep its signal from being aborted.
 * @module
 */
import { fixed } from '@runafter/clock';
import type { Side, Work } from '../harness/work.ts';

/** Tells a call its attempt, and calls again what fails. */
type Retry = (fn: (attempt: number) => Promise<number>) => Promise<number>;

const retries = 5;
const busy = Object.assign(new Error('busy'), { status: 503 });
/** Made once, as one does: a policy that is written out in place of that is checked anew in each call. */
const policy = fixed({ count: retries, interval: 1, when: (error) => error === busy });

async function openOurs(): Promise<Retry> {
  const { retry } = await import('@runafter/throttle');
  return (fn) => retry(({ number }) => fn(number), policy);
}

async function openPRetry(): Promise<Retry> {
  const { default: pRetry } = await import('p-retry');
  const options = { retries, minTimeout: 1, factor: 1, shouldRetry };
  return (fn) => pRetry(fn, options);
}

function shouldRetry({ error }: { readonly error: unknown }): boolean {
  return error === busy;
}

/** So many calls, one after the other, each of which fails so often before it succeeds. */
function calls(open: () => Promise<Retry>, count: number, failures: number): Side {
  return {
    units: count,
    expected: count * (failures + 1),
    async prepare() {
      const retry = await open();
      const call = async (attempt: number) => {
        if (attempt <= failures) throw busy;
        return attempt;
      };
      return async () => {
        let attempts = 0;
        for (let index = 0; index < count; index++) attempts += await retry(call);
        return attempts;
      };
    },
  };
}

function work(name: string, count: number, failures: number): Work {
  return {
    kind: 'duel',
    name,
    unit: 'µs/call',
    ours: calls(openOurs, count, failures),
    peers: { 'p-retry': calls(openPRetry, count, failures) },
  };
}

/** Informs; what a retry costs is nothing beside the wait before it. */
export const retryWorks: readonly Work[] = [
  work('retry, a call that succeeds at once', 20_000, 0),
  work('retry, a call that fails twice, 1 ms waits', 200, 2),
];
