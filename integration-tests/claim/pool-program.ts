/**
 * The program of a process that claims from a pool and keeps what it gets, while another process does things to it.
 *
 * Its only argument is a {@link PoolProgram} as JSON. It tells its parent what becomes of it, and does what it is
 * asked; see pool-process.ts, which starts it.
 * @module
 */
import { pool, type ResourceLease } from '@runafter/claim';
import type { PoolProcessTask } from '@runafter/claim/conformance';
import { endWithParent } from '../chaos/harness/end-with-parent.ts';
import { openPools, type PoolAddress } from './open-pools.ts';

/** What the program does, and on which backend. */
export interface PoolProgram {
  readonly address: PoolAddress;
  readonly task: PoolProcessTask;
}

/** What it is asked by its parent. */
export type PoolRequest = 'look' | 'close';

/** What it tells its parent. A bigint is text in JSON. */
export type PoolNews =
  | { readonly news: 'waiting' }
  | { readonly news: 'claimed'; readonly resource: unknown; readonly token: string }
  | { readonly news: 'look'; readonly code: string | undefined };

endWithParent();
// Until it is closed, it waits for requests.
process.channel?.ref();
const { address, task }: PoolProgram = JSON.parse(process.argv[2] ?? '');
const store = await openPools(address);
const claiming = pool(store, task.pool, [], { random: waiting });
let lease: ResourceLease<string> | undefined;
let isClosed = false;

process.on('message', (request: PoolRequest) => {
  if (request === 'close') void close();
  else tell({ news: 'look', code: look() });
});

try {
  const { resource, token } = await claim();
  tell({ news: 'claimed', resource, token: String(token) });
} catch (error) {
  if (!isClosed) throw error;
}

async function claim(): Promise<{ readonly resource: string; readonly token: bigint }> {
  const { once, ttl, wait } = task;
  if (once !== undefined) return await claiming.claim({ mode: 'assign', once, wait });
  lease = await claiming.claim({ mode: 'lease', ttl, wait });
  return lease;
}

/** Asked for a number each time that somebody begins to wait. */
function waiting(): number {
  tell({ news: 'waiting' });
  return Math.random();
}

function look(): string | undefined {
  try {
    lease?.assertHeld();
    return undefined;
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
}

async function close(): Promise<void> {
  isClosed = true;
  await claiming.close();
  await store.close();
  // From here on nothing of the pool may keep the process alive.
  process.channel?.unref();
}

function tell(news: PoolNews): void {
  process.send?.(news);
}
