/**
 * Locks by the names of their backends: for programs that are told as JSON which one to open.
 *
 * Only the package that is asked for is loaded, so that a process starts as fast as it can.
 * @module
 */
import type { Lock, LockOptions } from '@runafter/lock';
import type { FolderPlace } from '../services/places.ts';
import type { PlaceIn } from '../services/services.ts';

/** Where the locks of each backend are. */
export interface LockPlaces {
  readonly 'azure-blob': PlaceIn<'azurite'>;
  readonly mssql: PlaceIn<'mssql'>;
  readonly postgres: PlaceIn<'postgres'>;
  readonly redis: PlaceIn<'redis'>;
  readonly sqlite: FolderPlace;
}

/** A backend that has locks. */
export type LockBackend = keyof LockPlaces;

/** A backend, and how to get to it. Can be sent as JSON. */
export type LockAddress = {
  readonly [Backend in LockBackend]: {
    readonly backend: Backend;
    readonly place: LockPlaces[Backend];
  };
}[LockBackend];

/** Opens a lock; tables and containers are made when they are missing. Closing it closes all that this has opened. */
export async function openLock(address: LockAddress, options: LockOptions = {}): Promise<Lock> {
  switch (address.backend) {
    case 'azure-blob': {
      const { blobLock } = await import('@runafter/azure-blob');
      const { url: connectionString, container } = address.place;
      return blobLock({ connectionString, container }, options);
    }
    case 'mssql': {
      const { mssqlLock } = await import('@runafter/mssql');
      return mssqlLock(address.place.url, options);
    }
    case 'postgres': {
      const { postgresLock } = await import('@runafter/postgres');
      return postgresLock(address.place.url, options);
    }
    case 'redis': {
      const { redisLock } = await import('@runafter/redis');
      const { url, prefix } = address.place;
      return redisLock(url, { ...options, prefix });
    }
    case 'sqlite': {
      const { sqliteLock } = await import('@runafter/sqlite');
      return sqliteLock(`${address.place.folder}/locks.db`, options);
    }
  }
}
