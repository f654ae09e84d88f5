/**
 * Where our side's runs are kept. Every process opens the store that it is told.
 * @module
 */
import type { RunStore } from '@runafter/core';
import type { Connection } from './own-redis.ts';

/** A store, in words that a process can be told. */
export type StoreChoice =
  | { readonly kind: 'redis' }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'sqlite'; readonly file: string };

/** Opens the store; on Redis, it is the same server as the queues'. */
export async function openStore(
  choice: StoreChoice,
  connection: Connection,
  cleanup: AsyncDisposableStack,
): Promise<RunStore> {
  const store = await open(choice, connection, cleanup);
  cleanup.defer(() => store.close());
  return store;
}

async function open(
  choice: StoreChoice,
  connection: Connection,
  cleanup: AsyncDisposableStack,
): Promise<RunStore> {
  switch (choice.kind) {
    case 'redis': {
      const { redisRunStore } = await import('@runafter/redis');
      return redisRunStore({ ...connection });
    }
    case 'postgres': {
      const { Pool } = await import('pg');
      const { postgresRunStore } = await import('@runafter/postgres');
      const pool = new Pool({ connectionString: choice.url });
      cleanup.defer(() => pool.end());
      return postgresRunStore(pool);
    }
    case 'sqlite': {
      const { sqliteRunStore } = await import('@runafter/sqlite');
      return sqliteRunStore(choice.file, { synchronous: 'normal' });
    }
  }
}
