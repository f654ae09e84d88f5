/**
 * The program of a process that acquires a name and keeps it, while another process does things to it.
 *
 * Its only argument is a {@link LockProgram} as JSON. It tells its parent what becomes of it, and does what it
 * is asked; see lock-process.ts, which starts it.
 * @module
 */
import type { Lease } from '@runafter/lock';
import type { LeaseLook, LockProcessTask } from '@runafter/lock/conformance';
import { endWithParent } from '../chaos/harness/end-with-parent.ts';
import { type LockAddress, openLock } from './open-lock.ts';

/** What the program does, and on which backend. */
export interface LockProgram {
  readonly address: LockAddress;
  readonly task: LockProcessTask;
}

/** What it is asked by its parent. */
export type LockRequest =
  | { readonly ask: 'look' }
  | { readonly ask: 'stall'; readonly ms: number }
  | { readonly ask: 'close' };

/** What it tells its parent. A bigint is text in JSON. */
export type LockNews =
  | { readonly news: 'waiting' }
  | { readonly news: 'granted'; readonly token: string; readonly owner: string }
  | { readonly news: 'look'; readonly look: LeaseLook };

endWithParent();
// Until it is closed, it waits for requests.
process.channel?.ref();
const { address, task }: LockProgram = JSON.parse(process.argv[2] ?? '');
const lock = await openLock(address, { random: waiting });
let lease: Lease | undefined;
let isClosed = false;

process.on('message', (request: LockRequest) => {
  if (request.ask === 'close') void close();
  else {
    if (request.ask === 'stall') block(request.ms);
    tell({ news: 'look', look: look() });
  }
});

try {
  lease = await lock.acquire(task.name, { ttl: task.ttl, wait: task.wait });
  tell({ news: 'granted', token: String(lease.token), owner: lease.owner });
} catch (error) {
  if (!isClosed) throw error;
}

/** Asked for a number each time that somebody begins to wait. */
function waiting(): number {
  tell({ news: 'waiting' });
  return Math.random();
}

/** Nothing else runs meanwhile, timers neither. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function look(): LeaseLook {
  const signal = codeOf(lease?.signal.reason);
  try {
    lease?.assertHeld();
    return { signal, assertHeld: undefined };
  } catch (error) {
    return { signal, assertHeld: codeOf(error) };
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string } | undefined)?.code;
}

async function close(): Promise<void> {
  isClosed = true;
  await lock.close();
  // From here on nothing of the lock may keep the process alive.
  process.channel?.unref();
}

function tell(news: LockNews): void {
  process.send?.(news);
}
