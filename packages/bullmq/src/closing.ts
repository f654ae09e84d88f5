/**
 * Closes what BullMQ has opened, within a bounded time.
 *
 * A connection that is being made again in the moment of closing never says that it has ended, and one whose
 * server stays away never gets to say goodbye. Neither may keep a process that was told to end.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { QueueBase } from 'bullmq';

/** Milliseconds for what is on its way to a server that is there. */
const patience = 3_000;

/** Closes it; when that takes too long, its connections are cut. Never rejects. */
export async function closeOrCut(opened: QueueBase, clock: Clock): Promise<void> {
  const over = new AbortController();
  const closed = opened.close().then(
    () => true,
    () => false,
  );
  const isLate = clock.sleep(patience, { signal: over.signal }).then(
    () => false,
    () => false,
  );
  const isClosed = await Promise.race([closed, isLate]);
  over.abort();
  if (!isClosed) await opened.backend.close(true).catch(() => undefined);
}
