/**
 * A process that runs jobs in a session pool and keeps their sessions, until it is killed.
 *
 * Its only argument is a {@link SessionProgram} as JSON. It tells its parent the user of each job that begins.
 * @module
 */
import { sessionPool } from '@runafter/admission';
import { endWithParent } from '../chaos/harness/end-with-parent.ts';
import { openPools, type PoolAddress } from '../claim/open-pools.ts';

/** What the program does, and on which backend. */
export interface SessionProgram {
  readonly address: PoolAddress;
  readonly pool: string;
  readonly ttl: number;
  readonly users: readonly string[];
}

endWithParent();
const { address, pool, ttl, users } = JSON.parse(process.argv[2] ?? '') as SessionProgram;
const robots = sessionPool({ machines: [], name: pool, ttl, store: await openPools(address) });
for (const user of users) {
  void robots.run({ user }, async () => {
    process.send?.(user);
    await new Promise(() => {});
  });
}
