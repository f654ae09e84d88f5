/** What a client rejects with becomes one of our errors, told apart by codes. */
import { ServiceClosedError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { redisFault, replyCode } from '../src/redis-errors.ts';

function reply(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}

describe('a reply of the server', () => {
  it.each(['LOADING', 'BUSY', 'READONLY', 'CLUSTERDOWN', 'TRYAGAIN', 'MASTERDOWN', 'NOREPLICAS'])(
    '%s passes: nothing was done, and it is worth trying again',
    (code) => {
      expect(redisFault('Redis', reply(`${code} whatever it says`))).toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        outcome: 'not-done',
        service: 'Redis',
      });
    },
  );

  it.each(['ERR', 'NOAUTH', 'NOPERM', 'OOM', 'MISCONF', 'WRONGTYPE', 'WRONGPASS', 'MOVED', 'NEW'])(
    '%s is a refusal that trying again does not help',
    (code) => {
      const cause = reply(`${code} whatever it says`);
      const fault = redisFault('Redis', cause);
      expect(fault).toMatchObject({ code: 'SERVICE_REFUSED', cause });
    },
  );

  it('is known by its first word, and by nothing else of its text', () => {
    expect(replyCode(reply('OOM LOADING READONLY'))).toBe('OOM');
    expect(replyCode(new Error('LOADING'))).toBeUndefined();
    for (const odd of [reply(''), undefined, null, 'LOADING', { name: 'ReplyError' }]) {
      expect(() => redisFault('Redis', odd)).not.toThrow();
    }
  });
});

describe('any other failure', () => {
  it('says nothing about whether the command was carried out', () => {
    const cause = new Error('Connection is closed.');
    const fault = { code: 'SERVICE_UNAVAILABLE', cause };
    expect(redisFault('Redis', cause)).toMatchObject({ ...fault, outcome: 'unknown' });
    const unsent = redisFault('Redis', cause, 'not-done');
    expect(unsent).toMatchObject({ ...fault, outcome: 'not-done' });
  });

  it('of ours stays what it is', () => {
    const closed = new ServiceClosedError('Redis');
    expect(redisFault('Redis', closed)).toBe(closed);
  });
});
