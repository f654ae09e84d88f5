/**
 * Finds the HTTP status of a failed request in the places where HTTP clients put it.
 * @module
 */
import { readProperty } from './read-property.ts';

/**
 * The HTTP status, 400 to 599, that an error carries. Never throws.
 *
 * Looks at `status`, `statusCode`, `response.status` and a numeric `code`, in this order.
 *
 * @returns undefined when it carries none.
 * @example
 * if (httpStatusOf(error) === 404) return undefined;
 */
export function httpStatusOf(error: unknown): number | undefined {
  return [
    readProperty(error, 'status'),
    readProperty(error, 'statusCode'),
    readProperty(readProperty(error, 'response'), 'status'),
    readProperty(error, 'code'),
  ].find(isErrorStatus);
}

function isErrorStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 400 && (value as number) <= 599;
}
