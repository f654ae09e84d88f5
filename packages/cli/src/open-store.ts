/**
 * Opens the store of a URL with the driver that the project has.
 * @module
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RunStore } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { StoreRequiredError, StoreUrlError } from './cli-errors.ts';
import { importFromProject } from './project-packages.ts';
import type { Session } from './session.ts';
import { parseStoreUrl } from './store-url.ts';

/** How a store is used. */
export interface StoreUse {
  /** It is only looked into: a file must be there, and is not written to. Default false. */
  readonly readOnly?: boolean;
}

/**
 * Opens a store, has it used, and closes it, however that ends. With PostgreSQL, the tables are made or
 * brought up to date, unless it is only looked into.
 *
 * @throws {StoreRequiredError} `CLI_STORE_REQUIRED`, as a rejection: no URL.
 * @throws {StoreUrlError} `CLI_STORE_INVALID`, as a rejection.
 * @throws {EnvironmentError} `CLI_ENVIRONMENT`, as a rejection: the driver is not installed.
 */
export async function withStore<T>(
  url: string | undefined,
  session: Pick<Session, 'cwd'>,
  use: (store: RunStore) => Promise<T>,
  options: StoreUse = {},
): Promise<T> {
  const store = await openStore(url, session, options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function openStore(
  url: string | undefined,
  { cwd }: Pick<Session, 'cwd'>,
  { readOnly = false }: StoreUse,
): Promise<RunStore> {
  if (url === undefined) throw new StoreRequiredError();
  const { kind, address, label, place } = parseStoreUrl(url);
  switch (kind) {
    case 'sqlite': {
      const file = address === ':memory:' ? address : resolve(cwd, address);
      if (readOnly && !existsSync(file)) {
        throw new StoreUrlError(label, `has no file: there is nothing at ${file}.`);
      }
      return sqliteRunStore(file, { readOnly });
    }
    case 'redis': {
      const driver = await importFromProject<typeof import('@runafter/redis')>(
        '@runafter/redis',
        cwd,
        `The store ${label}`,
      );
      return driver.redisRunStore(address, { prefix: place });
    }
    case 'postgres': {
      const driver = await importFromProject<typeof import('@runafter/postgres')>(
        '@runafter/postgres',
        cwd,
        `The store ${label}`,
      );
      if (!readOnly) await driver.migrate(address, { schema: place });
      return driver.postgresRunStore(address, { databaseSchema: place });
    }
  }
}
