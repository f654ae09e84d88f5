/**
 * The onboarding as each process of a distributed batch has it: the same workflow, on systems, limits and a
 * store that all of them share.
 *
 * Read next: worker.ts, which works on it; over-processes.ts, which starts the run.
 * @module
 */
import { type Distribution, distribute } from '@runafter/bullmq';
import type { RunListener, RunStore, Workflow } from '@runafter/core';
import { redisRunStore } from '@runafter/redis';
import { openHrDatabase } from '../database/open-hr-database.ts';
import type { Hire } from '../hire.ts';
import type { BatchWork } from '../monday.ts';
import { onboardingAt } from '../run-onboarding.ts';
import type { Summary } from '../summary.ts';
import { connect } from '../systems.ts';
import type { RedisPlace } from './redis-place.ts';
import { sharedLimits } from './shared-limits.ts';

/** What each process is to do; it goes through JSON. */
export interface SharedWork extends BatchWork {
  readonly redis: RedisPlace;
}

export interface SharedOnboarding extends AsyncDisposable {
  readonly workflow: Workflow<readonly Hire[], Summary>;
  readonly store: RunStore;
  readonly distribution: Distribution;
}

/** Connects this process to a batch. Disposing it gives back what it has in its hands. */
export async function openSharedOnboarding(
  work: SharedWork,
  onEvent: RunListener = () => undefined,
): Promise<SharedOnboarding> {
  const { url, redis, speed, lease, database: place } = work;
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await openHrDatabase(place));
  const limits = opened.use(sharedLimits(redis, speed));
  const workflow = onboardingAt(work, connect(url, database, limits));
  // #region distribute
  const store = redisRunStore(redis.url, { prefix: redis.prefix });
  opened.defer(() => store.close());
  const distribution = distribute([workflow], {
    connection: { url: redis.url },
    store,
    prefix: `${redis.prefix}queues`,
    lease,
    onEvent,
  });
  // #endregion
  opened.defer(() => distribution.close({ drain: '1s' }));
  const closing = opened.move();
  return {
    ...{ workflow, store, distribution },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
