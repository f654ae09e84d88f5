import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { BlobLeaseDriver } from '../src/blob-lease-driver.ts';
import { type ScriptedReply, scriptedService } from './scripted-service.ts';

const uuid = '6f1c2a34-9d0e-4b57-8a1f-0123456789ab';
const owner = `web-1:4711:${uuid}`;
const lease = { name: 'report', owner };
const request = { ...lease, ttl: 15_000, weight: 1, place: 3_000 };

const leasedAt = (etag: string): ScriptedReply => [201, undefined, { etag, 'x-ms-lease-id': uuid }];
const metadata = (etag: string, token: number, holder: string): ScriptedReply => [
  200,
  undefined,
  { etag, 'x-ms-meta-token': `${token}`, 'x-ms-meta-owner': holder },
];
const madeAs = (etag: string): ScriptedReply => [201, undefined, { etag }];
const wroteAs = (etag: string): ScriptedReply => [200, undefined, { etag }];
const busy: ScriptedReply = [409, 'LeaseAlreadyPresent'];
const heldBy = (holder: string, duration = 'fixed'): ScriptedReply => {
  const [status, code, headers] = metadata('"1"', 6, holder);
  return [status, code, { ...headers, 'x-ms-lease-duration': duration }];
};

function driverOn(...replies: ScriptedReply[]) {
  const { container, asked } = scriptedService(...replies);
  const clock = virtualClock();
  const driver = new BlobLeaseDriver({
    ...{ service: 'Locks', namePrefix: 'locks/', clock, timeoutMs: 5_000 },
    clients: async () => ({ reads: container, writes: container }),
  });
  return { driver, asked, clock, acquire: () => driver.acquire(request, {}) };
}

describe('acquire', () => {
  it('is busy while the blob is leased, or a broken lease has not ended', async () => {
    const { acquire } = driverOn(
      ...[busy, heldBy('x'), [409, 'LeaseIsBreakingAndCannotBeAcquired'] as ScriptedReply],
    );
    expect(await acquire()).toEqual({ granted: false, heldBy: 'x' });
    expect(await acquire()).toEqual({ granted: false, heldBy: 'x' });
  });

  it('reads who has it, once in ten seconds', async () => {
    const { acquire, asked, clock } = driverOn(
      ...[busy, heldBy('b%C3%BCro'), busy, busy, heldBy('y')],
    );
    expect(await acquire()).toEqual({ granted: false, heldBy: 'büro' });
    await clock.advance(9_999);
    expect(await acquire()).toEqual({ granted: false, heldBy: 'büro' });
    await clock.advance(1);
    expect(await acquire()).toEqual({ granted: false, heldBy: 'y' });
    expect(asked).toEqual(['acquire', 'HEAD', 'acquire', 'acquire', 'HEAD']);
  });

  it('reads anew who has it after a turn of its own', async () => {
    const { acquire } = driverOn(
      ...[busy, heldBy('x'), leasedAt('"1"'), wroteAs('"2"'), busy, heldBy('y')],
    );
    await acquire();
    expect(await acquire(), 'and need not read for its token').toEqual({
      granted: true,
      token: 7n,
    });
    expect(await acquire()).toEqual({ granted: false, heldBy: 'y' });
  });

  it.each<[string, ScriptedReply]>([
    ['it is leased for ever, so by something else', heldBy('x', 'infinite')],
    ['it was just released', metadata('"1"', 6, 'x')],
    ['its metadata is spoilt', [200, undefined, { etag: '"1"', 'x-ms-lease-duration': 'fixed' }]],
    ['that is refused', [403, 'AuthorizationFailure']],
    ['it is gone', [404, 'BlobNotFound']],
  ])('does not say who has it when %s', async (_why, reply) => {
    const { acquire } = driverOn(busy, reply);
    expect(await acquire()).toEqual({ granted: false, heldBy: undefined });
  });

  it('refuses a blob whose token is gone, says which it was, and gives the lease back', async () => {
    const rewritten: ScriptedReply = [200, undefined, { etag: '"9"', 'x-ms-meta-note': 'mine' }];
    const { acquire, asked } = driverOn(
      ...[leasedAt('"1"'), metadata('"1"', 6, 'x'), wroteAs('"2"')],
      ...[leasedAt('"9"'), rewritten, wroteAs('"9"')],
    );
    await acquire();
    await expect(acquire()).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.stringMatching(/"locks\/report.lock" is missing .*last token there \(7, /),
    });
    expect(asked.slice(3)).toEqual(['acquire', 'HEAD', 'release']);
  });

  it('counts on from the metadata of the blob', async () => {
    const { acquire, asked } = driverOn(leasedAt('"1"'), metadata('"1"', 6, 'x'), wroteAs('"2"'));
    expect(await acquire()).toEqual({ granted: true, token: 7n });
    expect(asked).toEqual(['acquire', 'HEAD', 'PUT']);
  });

  it('has the token already that a lost reply was about', async () => {
    const { acquire, asked } = driverOn(leasedAt('"2"'), metadata('"2"', 7, owner));
    expect(await acquire()).toEqual({ granted: true, token: 7n });
    expect(asked).toEqual(['acquire', 'HEAD']);
  });

  it('reads again what somebody else has written since', async () => {
    const { acquire } = driverOn(
      ...[leasedAt('"1"'), metadata('"1"', 6, 'x'), wroteAs('"2"')],
      ...[leasedAt('"4"'), metadata('"4"', 9, 'y'), wroteAs('"5"')],
    );
    await acquire();
    expect(await acquire()).toEqual({ granted: true, token: 10n });
  });

  it.each([
    [412, 'LeaseLost'],
    [412, 'LeaseIdMismatchWithBlobOperation'],
    [412, 'ConditionNotMet'],
  ])('that loses the lease before it has the token (%i %s) asks anew', async (status, code) => {
    const { acquire, asked } = driverOn(
      ...[leasedAt('"1"'), metadata('"1"', 6, 'x'), [status, code] as ScriptedReply],
      ...[busy, heldBy('y')],
    );
    expect(await acquire()).toEqual({ granted: false, heldBy: 'y' });
    expect(asked).toEqual(['acquire', 'HEAD', 'PUT', 'acquire', 'HEAD']);
  });

  it('makes the blob again that is deleted between two requests', async () => {
    const { acquire, asked } = driverOn(
      ...[leasedAt('"1"'), [404, 'BlobNotFound'] as ScriptedReply],
      ...[[404, 'BlobNotFound'] as ScriptedReply, madeAs('"9"'), leasedAt('"9"')],
    );
    expect(await acquire()).toEqual({ granted: true, token: 1n });
    expect(asked).toEqual(['acquire', 'HEAD', 'acquire', 'PUT', 'acquire']);
  });

  it.each([
    [409, 'BlobAlreadyExists'],
    [412, 'LeaseIdMissing'],
  ])('does not mind that others were faster to make the blob (%i %s)', async (status, code) => {
    const { acquire } = driverOn([404, 'BlobNotFound'], [status, code], busy, heldBy('x'));
    expect(await acquire()).toEqual({ granted: false, heldBy: 'x' });
  });

  it('gives up on a blob that vanishes again and again', async () => {
    const gone: ScriptedReply = [404, 'BlobNotFound'];
    const round = [gone, madeAs('"1"')];
    const { acquire } = driverOn(...round, ...round, ...round, ...round);
    await expect(acquire()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'unknown',
      message: expect.stringContaining('locks/report.lock'),
    });
  });

  it('says that it may have the lease when a later request is not even sent', async () => {
    const { acquire } = driverOn(leasedAt('"1"'), [429, 'TooManyRequests']);
    await expect(acquire()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'unknown',
    });
  });

  it('waits for the container that is being deleted', async () => {
    const { acquire } = driverOn([409, 'ContainerBeingDeleted']);
    await expect(acquire()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
  });

  it('that is refused later gives the lease back first', async () => {
    const { acquire, asked } = driverOn(
      ...[leasedAt('"1"'), [403, 'AuthorizationPermissionMismatch'] as ScriptedReply],
      ...[wroteAs('"1"')],
    );
    await expect(acquire()).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(asked).toEqual(['acquire', 'HEAD', 'release']);
  });

  it('that is refused later, and cannot give the lease back, says that it may have it', async () => {
    const { acquire } = driverOn(leasedAt('"1"'), [403, 'AuthorizationFailure'], [429, undefined]);
    await expect(acquire()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'unknown',
    });
  });

  it('ends by itself when there is no reply', async () => {
    const { acquire, clock } = driverOn();
    const ended = expect(acquire()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'unknown',
    });
    await clock.advance('5s');
    await ended;
  });

  it('ends when its signal aborts', async () => {
    const { driver } = driverOn();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(driver.acquire(request, { signal })).rejects.toBe(reason);
  });
});

describe('renew', () => {
  const renewal = (...reply: ScriptedReply) => driverOn(reply).driver.renew(lease, 15_000, {});

  it('is granted for the lease that was asked for, and no other', async () => {
    expect(await renewal(200, undefined, { 'x-ms-lease-id': uuid })).toBe(true);
    const another = uuid.replace('6', '7');
    expect(await renewal(200, undefined, { 'x-ms-lease-id': another })).toBe(false);
  });

  it.each([
    [409, 'LeaseIdMismatchWithLeaseOperation'],
    [409, 'LeaseNotPresentWithLeaseOperation'],
    [409, 'LeaseIsBrokenAndCannotBeRenewed'],
    [404, 'BlobNotFound'],
    [404, 'ContainerNotFound'],
    [412, 'LeaseLost'],
  ])('is refused for good by %i %s', async (status, code) => {
    expect(await renewal(status, code)).toBe(false);
  });

  it.each([
    [500, 'InternalError'],
    [503, 'ServerBusy'],
    [429, 'TooManyRequests'],
    [409, undefined],
    [404, undefined],
    [412, undefined],
  ])('may be granted later after %i %s', async (status, code) => {
    await expect(renewal(status, code)).rejects.toThrow();
  });
});

describe('release', () => {
  it.each([
    [200, undefined],
    [409, 'LeaseIdMismatchWithLeaseOperation'],
    [409, 'LeaseNotPresentWithLeaseOperation'],
    [404, 'BlobNotFound'],
    [404, 'ContainerNotFound'],
  ])('is done after %i %s', async (status, code) => {
    await driverOn([status, code]).driver.release(lease, {});
  });

  it('is not done when the service fails', async () => {
    const { driver } = driverOn([503, 'ServerBusy']);
    await expect(driver.release(lease, {})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
