/**
 * A name that nobody else wants: acquired and released, next to the raw calls of the same client.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Side, Work } from '../harness/work.ts';
import type { Backend } from './backends/backend.ts';
import type { OpenContender } from './contender.ts';

/** One client that acquires and releases so many times. */
export function oneByOne(open: OpenContender, count: number): Side {
  return {
    units: count,
    expected: count,
    async prepare(cleanup) {
      const acquire = await open(randomUUID(), cleanup);
      return async () => {
        for (let acquisition = 0; acquisition < count; acquisition++) {
          const release = await acquire();
          await release();
        }
        return count;
      };
    },
  };
}

/** @returns the work that a backend's locks are compared in. */
export function uncontended({ title, needs, ours, uncontended }: Backend): Work {
  const { peer, target, each } = uncontended;
  const goal = target === undefined ? {} : { target };
  return {
    kind: 'duel',
    name: `${title}, uncontended`,
    unit: 'µs/acquisition',
    ...(needs && { needs }),
    ours: oneByOne(ours, each),
    peers: { [peer.title]: { ...oneByOne(peer.open, each), ...goal } },
  };
}
