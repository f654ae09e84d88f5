/**
 * Drivers on Redis, through ioredis: documents and counters.
 * @module
 */

export type { RedisClient, RedisSource } from './redis-connection.ts';
export { type RedisCounterOptions, redisCounter } from './redis-counter.ts';
export { type RedisDocumentStoreOptions, redisDocumentStore } from './redis-document-store.ts';
