/** Ids of jobs are accepted by BullMQ, and different for different work. */
import type { ActionCall } from '@runafter/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { actionJobId, runJobId } from '../src/job-id.ts';

const id = (runId: string, path: string, attempt: number): string =>
  actionJobId({ runId, path, attempt } as ActionCall);

it('are readable, and have neither a colon nor the form of a number', () => {
  expect(runJobId('17')).toBe('run 17');
  expect(id('order:17', 'Each[3]/Send mail', 2)).toBe('order%3A17 Each[3]/Send%20mail 2');
});

it('have no colon, whatever the run and the path are called', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (runId, path) => {
      for (const text of [runJobId(runId), id(runId, path, 1)]) {
        expect(text).not.toContain(':');
        expect(String(Number.parseInt(text, 10))).not.toBe(text);
      }
    }),
  );
});

it('are the same for the same work alone', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '%', ':', '1', '20', '3A') });
  const work = fc.tuple(text, text, fc.integer({ min: 1, max: 3 }));
  fc.assert(
    fc.property(work, work, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(id(...one) === id(...other)).toBe(isSame);
      expect(runJobId(one[0]) === runJobId(other[0])).toBe(one[0] === other[0]);
    }),
  );
});
