/**
 * The services that tests may ask for, by name.
 * @module
 */
import { azurite } from './azurite-service.ts';
import { mssql } from './mssql-service.ts';
import { postgres } from './postgres-service.ts';
import { redis } from './redis-service.ts';
import type { ServiceKind } from './service-kind.ts';

/** Every kind of service. */
export const services = { redis, azurite, postgres, mssql } as const;

/** The name of a service, such as `redis`. */
export type ServiceName = keyof typeof services;

/** What a test file gets of a service. */
export type PlaceIn<Name extends ServiceName> =
  (typeof services)[Name] extends ServiceKind<infer Place> ? Place : never;
