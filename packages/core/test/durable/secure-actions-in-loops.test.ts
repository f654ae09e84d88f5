/**
 * Loops whose only action is secure, while what they go through is not.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { fixed, virtualClock } from '@runafter/clock';
import { memoryRunStore, resume, workflow } from '@runafter/core';
import { expect, it } from 'vitest';
import { aesCipher } from './aes-cipher.ts';
import { MortalProcess } from './mortal-process.ts';
import { slowly } from './slowly.ts';

const cipher = aesCipher(randomBytes(32));

interface Setting {
  readonly items: () => AsyncIterable<string> | readonly string[];
  readonly secure: { readonly inputs?: boolean; readonly outputs?: boolean };
  readonly cipher?: typeof cipher;
}

async function* stream() {
  yield* ['a', 'b', 'c', 'd'];
}

/** Each item fails once. The first process dies in the middle, the second goes on, the third reads. */
async function inThreeProcesses({ items, secure, cipher }: Setting) {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryRunStore({ clock });
  const options = cipher === undefined ? {} : { cipher };
  const write = (process: MortalProcess) =>
    workflow('Loop', (flow) => {
      flow.forEach(
        'Each',
        [],
        items,
        (each) => {
          each.action(
            'Work',
            async (context) => {
              await slowly(process, context, 1, '10s');
              if (context.attempt === 1) throw new Error('Busy.');
              return context.item;
            },
            { secure, retry: fixed({ count: 1, interval: 0 }) },
          );
        },
        { id: (item) => item },
      );
    });
  const first = new MortalProcess(store, clock);
  first.start(write(first), undefined, options);
  clock.setTimer(45_000, () => first.kill());
  await first.died;
  await first.bury();
  const second = new MortalProcess(store, clock);
  const run = await resume(write(second), 'r', { ...second.place, ...options });
  await run.finished;
  const third = new MortalProcess(store, clock);
  const again = await resume(write(third), 'r', { ...third.place, ...options });
  await again.finished;
  return { ended: run, read: again };
}

it.each<[string, Setting]>([
  [
    'an array, with a cipher',
    { items: () => ['a', 'b', 'c', 'd'], secure: { inputs: true }, cipher },
  ],
  ['a stream, with a cipher', { items: stream, secure: { inputs: true }, cipher }],
  [
    'a stream, with secure outputs and without a cipher',
    { items: stream, secure: { outputs: true } },
  ],
])('a secure action alone in a loop over %s leaves the run readable', async (_, setting) => {
  const { ended, read } = await inThreeProcesses(setting);

  for (const run of [ended, read]) {
    const iterations = run.result('Each')?.iterations;
    expect(iterations).toMatchObject(
      ['a', 'b', 'c', 'd'].map((item, index) => ({ index, item, status: 'Succeeded' })),
    );
    expect(run.result('Each[0]/Work')?.attempts).toHaveLength(2);
  }
});
