/** The clocks of two machines need not agree: time counts where the run is scheduled. */
import { type Clock, virtualClock } from '@runafter/clock';
import { workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { Team } from './team.ts';

const hour = 3_600_000;

/** The same time, told with so many milliseconds more. */
function ahead(clock: Clock, by: number): Clock {
  return {
    now: () => clock.now() + by,
    monotonic: () => clock.monotonic(),
    setTimer: (...timer) => clock.setTimer(...timer),
    sleep: (...sleep) => clock.sleep(...sleep),
  };
}

describe.each([
  ['an hour ahead', hour],
  ['an hour behind', -hour],
])('a process whose clock is %s', (_, by) => {
  it('has the whole time that its action may take, and no more', async () => {
    const clock = virtualClock();
    const team = new Team(
      workflow('Timed', (flow) => {
        const quick = flow.action('Quick', () => clock.sleep('4s'), { timeout: '5s' });
        flow.action('Slow', [quick], (_, { signal }) => clock.sleep('6s', { signal }), {
          timeout: '5s',
        });
      }),
      { clock, isHeld: true },
    );
    const worker = team.hire({ clock: ahead(clock, by) });
    const run = team.start(undefined);
    await team.settle();
    void team.waiting.deliver(worker);
    await clock.advance('4s');
    expect(run.result('Quick')).toMatchObject({ status: 'Succeeded' });
    void team.waiting.deliver(worker);
    await clock.advance('4999ms');
    expect(run.result('Slow')).toBeUndefined();
    await clock.advance('10s');
    expect(run.result('Slow')).toMatchObject({ status: 'TimedOut' });
  });
});
