/**
 * Drivers on Redis, through ioredis: documents, counters, locks, semaphores, pools, limiters, run gates and
 * durable runs.
 * @module
 */

export type { RedisPermit } from './held-permit.ts';
export type { RedisClient, RedisSource } from './redis-connection.ts';
export { type RedisCounterOptions, redisCounter } from './redis-counter.ts';
export { type RedisDocumentStoreOptions, redisDocumentStore } from './redis-document-store.ts';
export {
  type LimiterLook,
  type RedisLimiter,
  type RedisLimiterOptions,
  redisLimiter,
} from './redis-limiter.ts';
export { type RedisLockOptions, redisLock } from './redis-lock.ts';
export { type RedisPoolsOptions, redisPools } from './redis-pools.ts';
export {
  type RedisRunGate,
  type RedisRunGateOptions,
  type RunGateLook,
  redisRunGate,
} from './redis-run-gate.ts';
export { type RedisSemaphoreOptions, redisSemaphore } from './redis-semaphore.ts';
export { type RedisRunStoreOptions, redisRunStore } from './run-store/redis-run-store.ts';
