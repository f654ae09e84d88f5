/** What a limiter and a run gate refuse when they are made: no server is asked. */
import { redisLimiter, redisRunGate } from '@runafter/redis';
import { describe, expect, it } from 'vitest';

const url = 'redis://127.0.0.1:1';

describe('a limiter', () => {
  it('needs a name and a limit that make sense', () => {
    const rate = { calls: 10, per: '1s' } as const;
    const invalid = expect.objectContaining({ code: 'LIMITER_OPTION_INVALID' });
    expect(() => redisLimiter(url, { name: '', rate })).toThrow(invalid);
    expect(() => redisLimiter(url, { name: 'a' })).toThrow(invalid);
    expect(() => redisLimiter(url, { name: 'a', concurrency: 0 })).toThrow(invalid);
    expect(() => redisLimiter(url, { name: 'a', rate, waiting: 0 })).toThrow(invalid);
  });

  it('needs a prefix, a ttl and a patience that make sense', () => {
    const options = { name: 'a', concurrency: 1 };
    const codeOf = (code: string) => expect.objectContaining({ code });
    expect(() => redisLimiter(url, { ...options, prefix: '{}' })).toThrow(
      codeOf('SERVICE_OPTION_INVALID'),
    );
    expect(() => redisLimiter(url, { ...options, ttl: 1 })).toThrow(codeOf('LOCK_OPTION_INVALID'));
    expect(() => redisLimiter(url, { ...options, patience: -1 })).toThrow(
      codeOf('DURATION_INVALID'),
    );
  });

  it('is called by its name, and refuses a weight that can never be granted', async () => {
    const limiter = redisLimiter(url, { name: 'crm', rate: { calls: 10, per: '1s' } });
    expect(limiter.name).toBe('Redis limiter "crm"');
    await expect(limiter.acquire({ weight: 11 })).rejects.toMatchObject({
      code: 'LIMITER_OPTION_INVALID',
    });
    await limiter.close();
    await expect(limiter.acquire()).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
  });
});

describe('a run gate', () => {
  it('needs a name and figures that make sense', () => {
    const invalid = expect.objectContaining({ code: 'GATE_OPTION_INVALID' });
    expect(() => redisRunGate(url, { name: '' })).toThrow(invalid);
    expect(() => redisRunGate(url, { name: 'a', concurrency: 0 })).toThrow(invalid);
    expect(() => redisRunGate(url, { name: 'a', waiting: -1 })).toThrow(invalid);
  });

  it('lets 25 in unless it is told otherwise, and says its name', async () => {
    const gate = redisRunGate(url, { name: 'imports' });
    expect(gate.concurrency).toBe(25);
    expect(gate.name).toBe('Redis run gate "imports"');
    await gate.close();
    await expect(gate.enter()).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
  });
});
