/** How a channel of releases begins and ends to listen. */
import { virtualClock } from '@runafter/clock';
import { expect, it } from 'vitest';
import type { RedisConnection } from '../src/redis-connection.ts';
import { ReleaseChannel } from '../src/release-channel.ts';

it('listens for who begins to watch at the very moment at which it stops', async () => {
  for (let steps = 0; steps < 10; steps++) {
    const clock = virtualClock();
    let attempts = 0;
    const duplicate = async () => {
      attempts++;
      throw new Error('not now');
    };
    const channel = new ReleaseChannel({ duplicate } as unknown as RedisConnection, 'p:', clock);
    const first = channel.watch({ name: 'a', owner: 'first' }, () => {});
    await clock.advance(0);
    first.stop();
    // After the pause, and before its end: in each of the steps in which the channel finds nobody.
    const until = clock.setTimer.bind(clock);
    await new Promise<void>((resolve) => {
      until(100, async () => {
        for (let n = 0; n < steps; n++) await undefined;
        channel.watch({ name: 'a', owner: 'second' }, () => {});
        resolve();
      });
      void clock.advance(100);
    });
    await clock.advance('10s');
    expect(attempts, `after ${steps} steps`).toBeGreaterThan(2);
    channel.close();
  }
});
