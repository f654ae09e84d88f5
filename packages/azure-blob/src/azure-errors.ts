/**
 * From the failures of Azure's client to our errors, in one place.
 *
 * Invariant: the service's code decides, then the status, never a text. Only a reply with a code tells of a
 * blob: one without may be a proxy's. What cannot be told apart counts as `unknown` for a write, because then
 * nothing is done twice.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
 * @module
 */
import { type Clock, parseRetryAfter } from '@runafter/clock';
import {
  httpStatusOf,
  readProperty,
  ServiceRefusedError,
  ServiceUnavailableError,
} from '@runafter/errors';

/**
 * What a refused request says about the blob that it was for. `leased`: by somebody else. `lease lost`: the
 * lease that the request named is not there, or not any more.
 */
export type BlobState =
  | 'absent'
  | 'exists'
  | 'changed'
  | 'leased'
  | 'lease lost'
  | 'without container';

const states: Readonly<Record<string, BlobState>> = {
  BlobNotFound: 'absent',
  ResourceNotFound: 'absent',
  ContainerNotFound: 'without container',
  BlobAlreadyExists: 'exists',
  ResourceAlreadyExists: 'exists',
  ConditionNotMet: 'changed',
  TargetConditionNotMet: 'changed',
  LeaseAlreadyPresent: 'leased',
  LeaseIdMissing: 'leased',
  LeaseIsBreakingAndCannotBeAcquired: 'leased',
  // Of operations on the lease, 409.
  LeaseIdMismatchWithLeaseOperation: 'lease lost',
  LeaseIsBreakingAndCannotBeChanged: 'lease lost',
  LeaseIsBrokenAndCannotBeRenewed: 'lease lost',
  LeaseNotPresentWithLeaseOperation: 'lease lost',
  // Of operations on the blob under the lease, 412.
  LeaseIdMismatchWithBlobOperation: 'lease lost',
  LeaseLost: 'lease lost',
  LeaseNotPresentWithBlobOperation: 'lease lost',
};

/** Where the service always says more, with a code. */
const needsCode: ReadonlySet<number> = new Set([404, 412]);

/** The connection was never there, so nothing was sent over it. */
const neverSent: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);

/** What the clients of Microsoft Entra throw when there is no token; no request was sent then. */
const noToken = /^(CredentialUnavailable|Authentication(Required)?|AggregateAuthentication)Error$/;

/** The state of the blob that a failure tells of; undefined when it is a fault. */
export function blobStateOf(error: unknown): BlobState | undefined {
  if (httpStatusOf(error) === undefined) return undefined;
  return states[serviceCodeOf(error) ?? ''];
}

/** Who asks. */
export interface Asker {
  /** What errors call it. */
  readonly service: string;
  /** What its credential must be allowed, as in "read and write blobs". */
  readonly rights: string;
  readonly clock: Clock;
}

/**
 * Our error for a failure that tells no state of a blob; anything that is not the client's as it is.
 *
 * @param writes - whether the request would have changed something.
 */
export function azureFault(
  { service, rights, clock }: Asker,
  error: unknown,
  writes: boolean,
): unknown {
  const cause = { cause: error };
  const unknown = writes ? 'unknown' : 'not-done';
  const status = httpStatusOf(error);
  if (status !== undefined) {
    const code = serviceCodeOf(error);
    const retryAfter = retryAfterIn(error, clock);
    if (status === 429) {
      return new ServiceUnavailableError(service, 'not-done', { ...cause, retryAfter });
    }
    if (code === 'ContainerBeingDeleted') {
      return new ServiceUnavailableError(service, 'not-done', cause);
    }
    const isPassing = status === 408 || status >= 500;
    if (isPassing || (code === undefined && needsCode.has(status))) {
      return new ServiceUnavailableError(service, unknown, { ...cause, retryAfter });
    }
    return new ServiceRefusedError(service, fixFor(status, code, rights), cause);
  }
  if (noToken.test(nameOf(error))) {
    return new ServiceRefusedError(service, 'Look at the credential that the client has.', cause);
  }
  const code = readProperty(error, 'code');
  if (typeof code !== 'string' && !/^(Rest|Abort)Error$/.test(nameOf(error))) return error;
  return new ServiceUnavailableError(
    service,
    neverSent.has(String(code)) ? 'not-done' : unknown,
    cause,
  );
}

/** Something else holds a lease on a document's blob, so that it cannot be written. */
export function leasedBlob(service: string, key: string): ServiceRefusedError {
  return new ServiceRefusedError(
    service,
    `The blob of document "${key}" is leased: end the lease, or keep documents and locks apart.`,
  );
}

function fixFor(status: number, code: string | undefined, rights: string): string {
  if (status === 401 || status === 403) {
    return `Give its credential the rights to ${rights}, and to create the container or create it yourself.`;
  }
  return `The service says ${code ?? `HTTP ${status}`}: look it up among the error codes of Blob Storage.`;
}

/** The code in the reply's header or body. */
function serviceCodeOf(error: unknown): string | undefined {
  const code = readProperty(readProperty(error, 'details'), 'errorCode');
  const found = code ?? readProperty(error, 'code');
  return typeof found === 'string' && found !== 'REQUEST_SEND_ERROR' ? found : undefined;
}

function retryAfterIn(error: unknown, clock: Clock): number | undefined {
  const headers = readProperty(readProperty(error, 'response'), 'headers') as
    | { get?(name: string): string | undefined }
    | undefined;
  return parseRetryAfter(headers?.get?.('retry-after'), clock);
}

function nameOf(error: unknown): string {
  return String(readProperty(error, 'name'));
}
