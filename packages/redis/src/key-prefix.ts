/**
 * The keys of a driver: what they begin with, so that several drivers and other programs share a server.
 * @module
 */
import { ServiceOptionError } from '@runafter/errors';

/** What keys begin with when nothing else is said. */
export const defaultPrefix = 'runafter:';

/** @throws {ServiceOptionError} `SERVICE_OPTION_INVALID` */
export function assertKeyPrefix(service: string, prefix: string): void {
  if (typeof prefix !== 'string' || !prefix.isWellFormed() || prefix.length > 200) {
    throw new ServiceOptionError(
      service,
      'prefix',
      'takes up to 200 characters of well-formed Unicode.',
    );
  }
  // A cluster would then not look for the tag that keeps the keys of a counter together.
  if (prefix.includes('{}')) {
    throw new ServiceOptionError(service, 'prefix', 'must not contain "{}".');
  }
}

/** A name as the hash tag of its keys: all between the first two braces is what decides on the slot. */
export function toHashTag(name: string): string {
  return /[%}]/.test(name) ? name.replaceAll(/[%}]/g, encodeURIComponent) : name;
}
