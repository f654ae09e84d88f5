import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type ConnectorRate, connectorLimits, limiter, safeConcurrency } from '../src/index.ts';

const { sql, ...rates } = connectorLimits;

describe('connectorLimits', () => {
  it.each(Object.entries(connectorLimits))('%s says where it is from', (_, limit) => {
    expect(URL.canParse(limit.source)).toBe(true);
    expect(limit.notes).toMatch(/\.$/);
  });

  it.each(Object.entries(connectorLimits))('%s cannot be changed for everybody', (_, limit) => {
    expect(Object.isFrozen(connectorLimits)).toBe(true);
    expect(Object.isFrozen(limit)).toBe(true);
  });

  it.each(Object.entries<ConnectorRate>(rates))('%s is a rate for a limiter', async (_, rate) => {
    const clock = virtualClock();
    const { calls, concurrency } = rate;
    await using limited = limiter({ rate, concurrency, clock });
    const most = Math.min(calls, concurrency ?? calls);
    expect(await limited.tryAcquire({ weight: most })).toBeDefined();
    expect(await limited.tryAcquire()).toBeUndefined();
  });

  it('sql is a concurrency for a limiter', async () => {
    await using limited = limiter({ concurrency: sql.concurrency, clock: virtualClock() });
    expect(await limited.tryAcquire({ weight: 20 })).toBeDefined();
    expect(await limited.tryAcquire()).toBeUndefined();
  });

  it.each([
    ['SharePoint, 3 calls', connectorLimits.sharePoint, 3, 5],
    ['SharePoint with a limit of your own', { ...connectorLimits.sharePoint, calls: 1_200 }, 3, 10],
    ['sending', connectorLimits.outlookSend, 1, 1],
    ['Dataverse, 2 calls', connectorLimits.dataverse, 2, 15],
  ])('is a rate for safeConcurrency: %s of 3 s', (_, rate, callsPerIteration, expected) => {
    expect(safeConcurrency({ rate, callsPerIteration, iterationTime: '3s' })).toBe(expected);
  });
});
