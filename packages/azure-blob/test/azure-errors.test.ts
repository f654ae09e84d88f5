import { RestError } from '@azure/storage-blob';
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { azureFault, blobStateOf } from '../src/azure-errors.ts';

/** As the client throws it: the code is in the reply's header. */
function refusal(statusCode: number, errorCode?: string, headers = new Map<string, string>()) {
  const error = new RestError(`HTTP ${statusCode}`, { statusCode });
  return Object.assign(error, { details: { errorCode }, response: { headers } });
}

describe('a refusal that tells of the blob', () => {
  it.each([
    [404, 'BlobNotFound', 'absent'],
    [404, 'ContainerNotFound', 'without container'],
    [409, 'BlobAlreadyExists', 'exists'],
    [412, 'ConditionNotMet', 'changed'],
    [412, 'TargetConditionNotMet', 'changed'],
    [412, 'LeaseIdMissing', 'leased'],
    [409, 'LeaseAlreadyPresent', 'leased'],
    [409, 'LeaseIsBreakingAndCannotBeAcquired', 'leased'],
    [409, 'LeaseIdMismatchWithLeaseOperation', 'lease lost'],
    [409, 'LeaseIsBreakingAndCannotBeChanged', 'lease lost'],
    [409, 'LeaseIsBrokenAndCannotBeRenewed', 'lease lost'],
    [409, 'LeaseNotPresentWithLeaseOperation', 'lease lost'],
    [412, 'LeaseIdMismatchWithBlobOperation', 'lease lost'],
    [412, 'LeaseLost', 'lease lost'],
    [412, 'LeaseNotPresentWithBlobOperation', 'lease lost'],
  ])('%i %s: %s', (status, code, state) => {
    expect(blobStateOf(refusal(status, code))).toBe(state);
  });

  it.each([
    [409, 'ContainerBeingDeleted'],
    [409, 'InvalidBlobType'],
    [409, 'BlobImmutableDueToPolicy'],
    [409, undefined],
    [412, undefined],
    [404, undefined],
    [403, 'AuthorizationFailure'],
    [503, 'ServerBusy'],
  ])('%i %s is none', (status, code) => {
    expect(blobStateOf(refusal(status, code))).toBeUndefined();
  });

  it('is not what never came from the service', () => {
    expect(blobStateOf(new RestError('refused', { code: 'ECONNREFUSED' }))).toBeUndefined();
  });
});

describe('a fault', () => {
  const clock = virtualClock({ start: Date.UTC(2030, 0) });
  const asker = { service: 'Blobs', rights: 'paint blobs', clock };
  const faultOf = (error: unknown, writes = true) => azureFault(asker, error, writes);
  const unavailable = (outcome: string) => ({ code: 'SERVICE_UNAVAILABLE', outcome });

  it('after which a write may have been done says so, and a read was never done', () => {
    for (const error of [
      refusal(500, 'OperationTimedOut'),
      refusal(503, 'ServerBusy'),
      new RestError('reset', { code: 'ECONNRESET' }),
      new RestError('sending', { code: RestError.REQUEST_SEND_ERROR }),
      Object.assign(new Error('aborted'), { name: 'AbortError' }),
      // A proxy's: the service would have said which of them is not there.
      refusal(404),
      refusal(412),
    ]) {
      expect(faultOf(error)).toMatchObject({ ...unavailable('unknown'), cause: error });
      expect(faultOf(error, false)).toMatchObject(unavailable('not-done'));
    }
  });

  it('before anything was sent says that nothing was done', () => {
    for (const error of [
      new RestError('refused', { code: 'ECONNREFUSED' }),
      new RestError('no such host', { code: 'ENOTFOUND' }),
      refusal(429),
      refusal(409, 'ContainerBeingDeleted'),
    ]) {
      expect(faultOf(error)).toMatchObject(unavailable('not-done'));
    }
  });

  it('says when to come back, where the service does', () => {
    const busy = refusal(503, 'ServerBusy', new Map([['retry-after', '7']]));
    expect(faultOf(busy)).toMatchObject({ retryAfter: 7_000 });
    const date = 'Tue, 01 Jan 2030 00:00:09 GMT';
    const busyUntil = refusal(503, 'ServerBusy', new Map([['retry-after', date]]));
    expect(faultOf(busyUntil)).toMatchObject({ retryAfter: 9_000 });
  });

  it('that will not pass is a refusal that says what to do', () => {
    expect(String(faultOf(refusal(403, 'AuthorizationFailure')))).toContain('paint blobs');
    expect(String(faultOf(refusal(409, 'InvalidBlobType')))).toContain('InvalidBlobType');
    const noToken = Object.assign(new Error('no token'), { name: 'CredentialUnavailableError' });
    expect(faultOf(noToken)).toMatchObject({ code: 'SERVICE_REFUSED' });
  });

  it('that is a mistake of ours stays what it is', () => {
    const mistake = new TypeError('undefined is not a function');
    expect(faultOf(mistake)).toBe(mistake);
  });
});
