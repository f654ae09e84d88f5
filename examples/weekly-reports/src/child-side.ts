/**
 * A program that was started by a ChildProgram: it learns what to do, tells how it goes, and ends.
 *
 * Invariant: the last it says is what came of it, and it is on its way before the process ends.
 * @module
 */
import { toFault } from '@runafter/errors';

/** What a program says: what happens while it works, and at the end what came of it. */
export type ChildMessage<Event, Outcome> =
  | { readonly type: 'event'; readonly event: Event }
  | { readonly type: 'finished'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly reason: string };

/**
 * Does the work that this process was started for.
 *
 * @param perform - what it hands over, or throws, is what came of it.
 */
export async function performWork<Work, Event, Outcome>(
  perform: (work: Work, tell: (event: Event) => void) => Promise<Outcome>,
): Promise<void> {
  const say = (message: ChildMessage<Event, Outcome>): Promise<void> =>
    new Promise((resolve) => process.send?.(message, () => resolve()));

  // Whoever has started it is gone, and the office with them.
  process.once('disconnect', () => process.exit());

  try {
    const work = JSON.parse(process.argv[2] ?? '{}') as Work;
    const outcome = await perform(work, (event) => void say({ type: 'event', event }));
    await say({ type: 'finished', outcome });
  } catch (error) {
    await say({ type: 'failed', reason: toFault(error).message });
  } finally {
    process.disconnect();
  }
}
