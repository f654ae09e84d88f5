/**
 * Drivers on Redis, through ioredis: documents, counters, locks, semaphores and pools.
 * @module
 */

export type { RedisClient, RedisSource } from './redis-connection.ts';
export { type RedisCounterOptions, redisCounter } from './redis-counter.ts';
export { type RedisDocumentStoreOptions, redisDocumentStore } from './redis-document-store.ts';
export { type RedisLockOptions, redisLock } from './redis-lock.ts';
export { type RedisPoolsOptions, redisPools } from './redis-pools.ts';
export { type RedisSemaphoreOptions, redisSemaphore } from './redis-semaphore.ts';
