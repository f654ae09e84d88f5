import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap, type HeapEntry } from '../src/heap.ts';

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ push: fc.nat(50) }) },
    { weight: 1, arbitrary: fc.record({ remove: fc.nat(50) }) },
    { weight: 1, arbitrary: fc.constant('pop' as const) },
  ),
  { maxLength: 200, size: 'max' },
);

it('hands out what a sorted list would, also when items are removed from the middle', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const heap = new Heap<number>((a, b) => a - b);
      const entries: HeapEntry<number>[] = [];
      const sorted: number[] = [];
      for (const step of sequence) {
        if (step === 'pop') {
          expect(heap.pop()).toBe(sorted.shift());
        } else if ('push' in step) {
          entries.push(heap.push(step.push));
          sorted.push(step.push);
          sorted.sort((a, b) => a - b);
        } else {
          const entry = entries[step.remove % Math.max(1, entries.length)];
          if (entry === undefined) continue;
          const isIn = entry.index !== -1;
          expect(heap.remove(entry)).toBe(isIn);
          if (isIn) sorted.splice(sorted.indexOf(entry.item), 1);
        }
        expect(heap.size).toBe(sorted.length);
        expect(heap.peek()).toBe(sorted[0]);
      }
    }),
  );
});
