import { describe, expect, it } from 'vitest';
import { JobQueue } from '../../src/session-pool/job-queue.ts';

describe('JobQueue', () => {
  it('looks at a handful of jobs for each that comes or goes, however many wait', () => {
    let looks = 0;
    const toJob = (user: string, index: number) => ({
      user,
      get place() {
        looks++;
        return index;
      },
    });
    const count = 10_000;
    const queue = new JobQueue<ReturnType<typeof toJob>>();
    const jobs = Array.from({ length: count }, (_, index) =>
      toJob(index % 2 === 0 ? 'ann' : `user ${index}`, index),
    );
    for (const job of jobs) queue.add(job);
    for (const job of jobs) queue.remove(job);
    expect(queue.oldest).toBeUndefined();
    // 14 levels of a heap of 10,000, down and up.
    expect(looks).toBeLessThan(count * 14 * 6);
  });

  it('remembers no user who has no jobs', () => {
    const queue = new JobQueue<{ user: string; place: number }>();
    const job = { user: 'ann', place: 1 };
    queue.add(job);
    expect(queue.take()).toBe(job);
    expect(queue.has('ann')).toBe(true);
    queue.open('ann');
    expect(queue.has('ann')).toBe(false);
  });
});
