/**
 * The DocumentStore on REST resources.
 *
 * What is said of stores in general stands with the port; http-document-driver.ts is what is particular to
 * HTTP.
 * @module
 */
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import { ServiceOptionError } from '@runafter/errors';
import { type DocumentStore, type DocumentStoreOptions, documentStore } from '@runafter/optimistic';
import { HttpConnection } from './http-connection.ts';
import { HttpDocumentDriver } from './http-document-driver.ts';
import type { HttpResource } from './http-resource.ts';
import { isTemplate } from './key-address.ts';

/** Options of {@link httpDocumentStore}. */
export interface HttpDocumentStoreOptions<T> extends DocumentStoreOptions<T> {
  /** How long one request may take, with its token. Default '30s'. */
  readonly timeout?: Duration | undefined;
  /** Default: the global one, which takes no proxy from the environment. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** By which requests time out. Default: the machine's. */
  readonly clock?: Clock | undefined;
}

/**
 * Keeps documents in any REST resource that has an ETag and obeys `If-Match`.
 *
 * The resource has no place for facts beside the value: writes with a fence are refused, and a write
 * whose reply was lost ends with `OUTCOME_UNKNOWN`.
 *
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const orders = httpDocumentStore<Order>({ url: 'https://api.example.com/orders/{key}', token });
 * await update(orders, '17', (order) => order && { ...order, status: 'Complete' });
 */
export function httpDocumentStore<T>(
  resource: HttpResource,
  options: HttpDocumentStoreOptions<T> = {},
): DocumentStore<T> {
  const { name = 'HTTP documents', url } = resource;
  const { fetch = globalThis.fetch, clock = systemClock } = options;
  if (typeof url !== 'function' && !(typeof url === 'string' && isTemplate(url))) {
    const fix = 'has no place for the key. Pass a text with {key}, or a function of the key.';
    throw new ServiceOptionError(name, 'url', fix);
  }
  const timeoutMs = parseDuration(options.timeout ?? '30s', 'timeout');
  const connection = new HttpConnection({ name, resource, fetch, clock, timeoutMs });
  return documentStore(new HttpDocumentDriver(name, resource, connection, clock), options);
}
