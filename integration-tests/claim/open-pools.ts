/**
 * Stores of pools by the names of their backends: for programs that are told as JSON which one to open.
 *
 * Only the package that is asked for is loaded, so that a process starts as fast as it can.
 * @module
 */
import type { PoolDocument, PoolStore } from '@runafter/claim';
import type { FolderPlace } from '../services/places.ts';
import type { PlaceIn } from '../services/services.ts';

/** Where the pools of each backend are. */
export interface PoolPlaces {
  readonly 'azure-blob': PlaceIn<'azurite'>;
  readonly mssql: PlaceIn<'mssql'>;
  readonly postgres: PlaceIn<'postgres'>;
  readonly redis: PlaceIn<'redis'>;
  readonly sqlite: FolderPlace;
}

/** A backend that has pools. */
export type PoolBackend = keyof PoolPlaces;

/** A backend, and how to get to it. Can be sent as JSON. */
export type PoolAddress = {
  readonly [Backend in PoolBackend]: {
    readonly backend: Backend;
    readonly place: PoolPlaces[Backend];
  };
}[PoolBackend];

/** Opens a store of pools; tables and containers are made when they are missing. Closing it closes all of it. */
export async function openPools(address: PoolAddress): Promise<PoolStore> {
  switch (address.backend) {
    case 'azure-blob': {
      const { blobDocumentStore } = await import('@runafter/azure-blob');
      const { documentPools } = await import('@runafter/claim');
      const { url: connectionString, container } = address.place;
      return documentPools(blobDocumentStore<PoolDocument>({ connectionString, container }));
    }
    case 'mssql': {
      const { mssqlPools } = await import('@runafter/mssql');
      return mssqlPools(address.place.url);
    }
    case 'postgres': {
      const { postgresPools } = await import('@runafter/postgres');
      return postgresPools(address.place.url);
    }
    case 'redis': {
      const { redisPools } = await import('@runafter/redis');
      const { url, prefix } = address.place;
      return redisPools(url, { prefix });
    }
    case 'sqlite': {
      const { sqlitePools } = await import('@runafter/sqlite');
      return sqlitePools(`${address.place.folder}/pools.db`);
    }
  }
}
