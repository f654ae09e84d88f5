/** One request budget for several machines, on a limiter in Redis: slowed down together, and nobody refused. */
import { type RequestBudget, requestBudget } from '@runafter/admission';
import { redisLimiter } from '@runafter/redis';
import { afterAll, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';

await onService('redis', ({ url, prefix }) => {
  const budgets: RequestBudget[] = [];

  afterAll(async () => {
    await Promise.all(budgets.map((budget) => budget.close()));
  });

  it('is shared by all who use its name', async () => {
    for (let machine = 0; machine < 2; machine++) {
      const budget = requestBudget({
        ...{ requests: 40, per: '2s', burst: 20 },
        limiter: (limits) => redisLimiter(url, { name: 'platform', prefix, ...limits }),
      });
      budgets.push(budget);
    }
    const since = performance.now();
    const calls = budgets.flatMap((budget) =>
      Array.from({ length: 15 }, async () => {
        using permit = await budget.acquire();
        return permit;
      }),
    );
    await Promise.all(calls);
    // 20 at once, and 10 more that drip in at 10 in a second.
    expect(performance.now() - since).toBeGreaterThan(900);
    expect(budgets.map(({ used }) => used)).toEqual([15, 15]);
  });
});
