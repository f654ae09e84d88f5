/**
 * Secure values: compensations get them, records and stores do not show them.
 * @module
 */
import { memoryRunStore, type RunStore, resume, start, workflow } from '@runafter/core';
import { none, saga } from '@runafter/saga';
import { expect, it } from 'vitest';

const cipher = {
  encrypt: (text: string) => Buffer.from(text).toString('hex'),
  decrypt: (text: string) => Buffer.from(text, 'hex').toString(),
};

/** Everything that is written to a store, as one text. */
function spied(inner: RunStore): { store: RunStore; written: string[] } {
  const written: string[] = [];
  const store = new Proxy(inner, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        written.push(JSON.stringify(args));
        return member.apply(target, args);
      };
    },
  });
  return { store, written };
}

it('a compensation gets the real value; records, errors, reports and the store do not show it', async () => {
  const { store, written } = spied(memoryRunStore());
  const seen: unknown[] = [];
  const flow = workflow('W', (flow) => {
    saga(flow, 'S', [], (saga) => {
      const token = saga.step('Token', () => 'tok-123', {
        secure: { outputs: true },
        compensate: {
          run: (done) => {
            seen.push(done);
            throw new Error(`cannot revoke ${'outputs' in done ? done.outputs : ''}`);
          },
          retry: { type: 'none' },
        },
      });
      saga.step('Use', [token], ([token]) => Promise.reject(new Error(`bad ${token}`)), {
        compensate: none('it refuses'),
      });
    });
  });
  const run = start(flow, undefined, { store, runId: 'r', cipher });
  const result = await run.finished;

  expect(seen).toEqual([{ outputs: 'tok-123' }]);
  expect(result).toMatchObject({ error: { code: 'COMPENSATION_FAILED' } });
  expect(JSON.stringify(result)).not.toContain('tok-123');
  expect(written.join('\n')).not.toContain('tok-123');
  expect(JSON.stringify(run.result('S')?.results)).toContain('[secure]');

  const again = await resume(flow, 'r', { store, cipher });
  expect(JSON.stringify(await again.finished)).not.toContain('tok-123');
});
