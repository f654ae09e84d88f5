/**
 * Drives a program through one order of its promises, step by step, and looks at it after each step.
 *
 * Invariant: between two steps the program has come to rest, so a check sees a state that the program
 * stays in until something outside happens, never the middle of a transition.
 * @module
 */

/** What is needed of fast-check's `fc.scheduler()`; anything that releases promises one by one will do. */
export interface StepScheduler {
  /** How many promises wait to be released. */
  count(): number;
  /** Releases one of them. */
  waitNext(count: number): Promise<void>;
}

/** Options of {@link exploreSchedule}. */
export interface ExploreOptions {
  /**
   * Called when the program is at rest: before the first step and after each one. What it throws ends
   * the exploration.
   *
   * @param step - how many promises were released so far.
   */
  readonly atRest?: (step: number) => void | Promise<void>;
}

/**
 * Releases promises until none are left, and says how many it released.
 *
 * The program's own waits must all go through the scheduler: what waits for a real timer or a socket
 * looks as if it were at rest.
 *
 * @example
 * await fc.assert(fc.asyncProperty(fc.scheduler(), async (scheduler) => {
 *   const run = start(makeWorkflow((name) => scheduler.schedule(Promise.resolve(name))), input);
 *   await exploreSchedule(scheduler, { atRest: () => expect(running.size).toBeLessThanOrEqual(3) });
 *   expect((await run.finished).status).toBe('Succeeded');
 * }));
 */
export async function exploreSchedule(
  scheduler: StepScheduler,
  { atRest }: ExploreOptions = {},
): Promise<number> {
  for (let step = 0; ; step++) {
    await rest();
    await atRest?.(step);
    if (scheduler.count() === 0) return step;
    await scheduler.waitNext(1);
  }
}

/** Promise chains run to their end before the next turn of the event loop; two, for one that hops. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
