/**
 * What the URL of a store means, before anything is opened.
 * @module
 */
import { fileURLToPath } from 'node:url';
import { didYouMean } from '@runafter/errors';
import { StoreUrlError } from './cli-errors.ts';

/** Where runs are kept. */
export interface StoreAddress {
  readonly kind: 'sqlite' | 'redis' | 'postgres';
  /** A path for sqlite, a URL for the others. */
  readonly address: string;
  /** For people: without the password. */
  readonly label: string;
  /** What `?prefix=` (Redis) or `?schema=` (PostgreSQL) says; undefined for the driver's default. */
  readonly place?: string | undefined;
}

const schemes: Readonly<Record<string, StoreAddress['kind']>> = {
  sqlite: 'sqlite',
  file: 'sqlite',
  redis: 'redis',
  rediss: 'redis',
  postgres: 'postgres',
  postgresql: 'postgres',
};

/**
 * Reads the URL of a store: `sqlite:FILE` or the path of a file, `redis://…`, `postgres://…`. Where the runs
 * are not in the driver's default place: `redis://…?prefix=shop:`, `postgres://…?schema=shop`.
 *
 * @throws {StoreUrlError} `CLI_STORE_INVALID`
 */
export function parseStoreUrl(url: string): StoreAddress {
  if (url === '') throw new StoreUrlError(url, 'is empty. Pass the path of a file, or a URL.');
  if (isConnectionString(url)) {
    throw new StoreUrlError(
      withoutPassword(url),
      'is a connection string. Runs are in a file, Redis or PostgreSQL: pass a path or a URL.',
    );
  }
  // One letter before the colon is a drive of Windows.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'sqlite', address: url, label: url };
  const kind = schemes[scheme];
  if (kind === undefined) {
    const known = Object.keys(schemes);
    throw new StoreUrlError(
      withoutPassword(url),
      `is of a kind that keeps no runs.${didYouMean(scheme, known)} There are ${known.join(', ')}.`,
    );
  }
  if (kind === 'sqlite') {
    const address = fileOf(url);
    if (address === '') throw new StoreUrlError(url, 'names no file: sqlite:runs.db');
    return { kind, address, label: address };
  }
  if (!URL.canParse(url)) throw new StoreUrlError(withoutPassword(url), 'is no URL.');
  const { address, place } = withoutPlace(url, kind === 'redis' ? 'prefix' : 'schema');
  return { kind, address, label: withoutPassword(url), place };
}

/** A parameter that is for the driver, and not for its client. */
function withoutPlace(url: string, parameter: string): { address: string; place?: string } {
  const parsed = new URL(url);
  const place = parsed.searchParams.get(parameter);
  if (place === null) return { address: url };
  parsed.searchParams.delete(parameter);
  return { address: parsed.href, place };
}

/** `sqlite:` and `file:` stand before a path as it is, relative ones included; a whole file URL is decoded. */
function fileOf(url: string): string {
  const path = url.slice(url.indexOf(':') + 1);
  if (!url.toLowerCase().startsWith('file://')) return path.replace(/^\/\//, '');
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new StoreUrlError(url, 'is no path of this machine.', { cause: error });
  }
}

/** Names and values, such as `Server=…;Password=…`. A file with such a name is `sqlite:FILE`. */
function isConnectionString(text: string): boolean {
  return /^\s*[\w ]+=.*(;|\s\w+=)/.test(text);
}

/**
 * The URL as it may be shown. Up to the last `@`: passwords are often put in as they are, with an `@` that should
 * have been written `%40`. Of a connection string only the first name is left.
 */
export function withoutPassword(url: string): string {
  if (isConnectionString(url)) return url.replace(/=.*$/s, '=***');
  return url
    .replace(/(:\/\/[^:/@]*):.*@/, '$1:***@')
    .replaceAll(/([?&]\w*password=)[^&#]*/gi, '$1***');
}
