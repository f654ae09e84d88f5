/**
 * Every suite and every driver that has to pass it. `npm run conformance` fails when one of these pairs
 * did not run, and when one ran that is not among them.
 *
 * A driver's name is that of the function that makes it; what stands behind it tells variants apart.
 * pairs.test.ts finds drivers that the packages export and nobody has added here.
 * @module
 */

/** A suite and a driver, as in the title of the suite's tests: `RunStore: memoryRunStore`. */
export interface Pair {
  readonly suite: string;
  readonly driver: string;
}

/** The drivers of each suite, sorted by suite. */
const drivers: Readonly<Record<string, readonly string[]>> = {
  RunStore: [
    'claimCheck',
    'claimCheck (every text a document)',
    'claimCheck on redisRunStore and blobDocumentStore',
    'memoryRunStore',
    'postgresRunStore',
    'redisRunStore',
    'sqliteRunStore',
  ],
  DocumentStore: [
    'blobDocumentStore',
    'folderDocumentStore',
    'httpDocumentStore',
    'httpDocumentStore (Dataverse rows)',
    'httpDocumentStore (SharePoint list items)',
    'memoryDocumentStore',
    'mssqlDocumentStore',
    'postgresDocumentStore',
    'redisDocumentStore',
    'sqliteDocumentStore',
  ],
  Counter: [
    'memoryCounter',
    'shardedCounter on blobDocumentStore',
    'shardedCounter on httpDocumentStore',
    'shardedCounter on memoryDocumentStore',
    'mssqlCounter',
    'postgresCounter',
    'redisCounter',
    'sqliteCounter',
  ],
  Lock: ['memoryLock', 'blobLock', 'mssqlLock', 'postgresLock', 'redisLock', 'sqliteLock'],
  Semaphore: ['memorySemaphore', 'redisSemaphore'],
  Claims: [
    'memoryPools',
    'documentPools on blobDocumentStore',
    'documentPools on httpDocumentStore',
    'documentPools on memoryDocumentStore',
    'mssqlPools',
    'postgresPools',
    'redisPools',
    'sqlitePools',
  ],
  CreateOnce: [
    'blobDocumentStore',
    'httpDocumentStore',
    'memoryDocumentStore',
    'mssqlDocumentStore',
    'postgresDocumentStore',
    'redisDocumentStore',
    'sqliteDocumentStore',
  ],
  Gate: ['runGate', 'redisRunGate'],
  Limiter: ['adaptive', 'concurrencyLimiter', 'limiter', 'redisLimiter'],
  // Of several processes, so not in memory.
  DocumentHistories: [
    'blobDocumentStore',
    'httpDocumentStore',
    'mssqlDocumentStore',
    'postgresDocumentStore',
    'redisDocumentStore',
    'sqliteDocumentStore',
  ],
  CounterHistories: [
    'shardedCounter on blobDocumentStore',
    'shardedCounter on httpDocumentStore',
    'mssqlCounter',
    'postgresCounter',
    'redisCounter',
    'sqliteCounter',
  ],
};

/** Every pair. */
export const pairs: readonly Pair[] = Object.entries(drivers).flatMap(([suite, names]) =>
  names.map((driver) => ({ suite, driver })),
);
