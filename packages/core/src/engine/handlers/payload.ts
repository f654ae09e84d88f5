/**
 * The size of an output as JSON, and the error when it is too large.
 * @module
 */
import { RunafterError, toFault } from '@runafter/errors';

/** `PAYLOAD_TOO_LARGE`: an output exceeds its action's `payloadLimit`. */
export class PayloadTooLargeError extends RunafterError {
  readonly path: string;
  readonly payloadBytes: number;
  readonly payloadLimit: number;

  constructor(path: string, bytes: number, limit: number) {
    super(
      'PAYLOAD_TOO_LARGE',
      `The output of "${path}" has ${bytes} bytes as JSON; its payloadLimit is ${limit}. ` +
        'Keep less with select: (output) => …, hand over a reference instead, or raise the limit.',
    );
    this.path = path;
    this.payloadBytes = bytes;
    this.payloadLimit = limit;
  }
}

/** `PAYLOAD_NOT_MEASURABLE`: an output with a `payloadLimit` has no JSON form. */
export class PayloadNotMeasurableError extends RunafterError {
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(
      'PAYLOAD_NOT_MEASURABLE',
      `The output of "${path}" has a payloadLimit but no JSON form to measure ` +
        `(${toFault(cause).message}). ` +
        'Keep plain data with select: (output) => ….',
      { cause },
    );
    this.path = path;
  }
}

/**
 * Measures an output.
 *
 * @returns its bytes as JSON in UTF-8.
 * @throws {PayloadTooLargeError} `PAYLOAD_TOO_LARGE`
 * @throws {PayloadNotMeasurableError} `PAYLOAD_NOT_MEASURABLE`
 */
export function checkPayload(output: unknown, path: string, limit: number): number {
  const bytes = payloadBytes(output, path);
  if (bytes > limit) throw new PayloadTooLargeError(path, bytes, limit);
  return bytes;
}

function payloadBytes(output: unknown, path: string): number {
  try {
    return bytesAsJson(output);
  } catch (error) {
    throw new PayloadNotMeasurableError(path, error);
  }
}

/** The bytes of a value as JSON in UTF-8; throws where it has no such form. */
export function bytesAsJson(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value, measurable) ?? '');
}

/** What JSON would refuse, or silently shrink to `{}`, by its contents. */
function measurable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value];
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}
