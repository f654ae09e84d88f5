/**
 * As fast as the other side allows: how near, at which price, and what the machinery costs.
 * @module
 */
import type { Bench } from '../harness/work.ts';
import { limiterWorks } from './limiter-overhead.ts';
import { officeWorks } from './office/office-works.ts';
import { retryWorks } from './retry-overhead.ts';
import { serviceModelWorks } from './service-models/service-model-works.ts';
import { sharedLimiterWorks } from './shared-limiter.ts';

export const throttleBench: Bench = {
  title:
    'throttle: adaptive concurrency on services that throttle; retries and limiters next to others',
  packages: ['bottleneck', 'p-limit', 'p-retry', 'ioredis'],
  works: [
    ...serviceModelWorks,
    ...sharedLimiterWorks,
    ...limiterWorks,
    ...retryWorks,
    ...officeWorks,
  ],
};
