/**
 * Runs of one workflow share nothing, and whatever goes wrong in many of them at once, nothing escapes.
 * @module
 */
import { fixed, seededRandom, virtualClock } from '@runafter/clock';
import { type Flow, memoryRunStore, settled, start, workflow } from '@runafter/core';
import { jitterExecutor } from '@runafter/testkit';
import { describe, expect, it } from 'vitest';
import { nextTurn } from './next-turn.ts';
import { expectNothingToEscape } from './nothing-escapes.ts';

expectNothingToEscape();

describe('a workflow that is started many times at once', () => {
  it('keeps the inputs, outputs, items and rounds of each run apart', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Sum', (flow: Flow<number>) => {
      const items = flow.forEach(
        'Items',
        [],
        (_, { input }) => [input, input + 1, input + 2],
        (each) =>
          each.action('Wait', [each.item], async ([item], { input }) => {
            await clock.sleep((item * 37) % 11);
            return item * input;
          }),
        { concurrency: 2 },
      );
      const rounds = flow.until(
        'Rounds',
        [],
        () => 0,
        (round) => round.action('Add', [round.state], ([state], { input }) => state + input),
        (state, { input }) => state >= input * 3,
      );
      return flow.action('All', [items, rounds], ([items, rounds], { input }) => {
        return { input, items, rounds };
      });
    });
    const inputs = Array.from({ length: 50 }, (_, index) => index + 1);
    const runs = inputs.map((input) => start(flow, input, { clock }));
    const results = await Promise.all(runs.map(({ finished }) => finished));

    expect(results.map((result) => result.status === 'Succeeded' && result.outputs)).toEqual(
      inputs.map((input) => ({
        input,
        items: [input, input + 1, input + 2].map((item) => item * input),
        rounds: input * 3,
      })),
    );
    expect(new Set(runs.map(({ id }) => id)).size).toBe(50);
  });

  it('is not changed by its runs', async () => {
    const flow = workflow('Frozen', (flow) => flow.action('First', () => 1));
    const before = JSON.stringify(flow.definition);
    await Promise.all([1, 2, 3].map(() => start(flow, undefined).finished));

    expect(JSON.stringify(flow.definition)).toBe(before);
    expect(Object.isFrozen(flow.definition.body.nodes[0])).toBe(true);
  });
});

describe('two hundred runs in which much goes wrong', () => {
  it('all come to an end, leave no timer, and let no rejection escape', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const random = seededRandom('stress');
    const pick = (most: number) => Math.floor(random() * most);
    const child = workflow('Child', (flow) => {
      flow.action('Inner', ({ signal }) => trouble(signal));
    });
    const flow = workflow(
      'Trouble',
      (flow) => {
        const retried = flow.action('Retried', ({ signal }) => trouble(signal), {
          retry: fixed({ count: 2, interval: '1s' }),
          timeout: '4s',
        });
        flow.forEach(
          'Loop',
          [settled(retried)],
          () => [1, 2, 3, 4, 5],
          (each) => {
            const one = each.action('One', ({ signal }) => trouble(signal));
            each.child('Call', [one], child, () => undefined, { timeout: '3s' });
          },
          { concurrency: 3, keep: 'failures' },
        );
        flow.scope(
          'Scope',
          [],
          (scope) => {
            scope.delay('Wait', [], '2s');
            scope.action('Deaf', () => trouble(new AbortController().signal));
          },
          { timeout: '3s' },
        );
      },
      { timeout: '12s', grace: '1s' },
    );

    const runs = Array.from({ length: 200 }, (_, index) => {
      const run = start(flow, undefined, {
        clock,
        random,
        maxConcurrentActions: 1 + pick(6),
        ...(index % 3 === 0 && { store: memoryRunStore() }),
        ...(index % 4 === 0 && { executor: jitterExecutor({ clock, random }) }),
        onEvent: ({ type }) => {
          if (type === 'attempt.ended' && pick(200) === 0) run.cancel();
        },
      });
      if (pick(2) === 0) clock.setTimer(pick(12_000), () => run.cancel());
      return run;
    });
    const results = await Promise.all(runs.map(({ finished }) => finished));
    // Handlers that were left behind come to their ends, too.
    await clock.sleep('1h');
    await nextTurn();

    expect(clock.pending).toBe(0);
    expect(new Set(results.map(({ status }) => status)).size).toBeGreaterThanOrEqual(3);
    for (const { results: records } of results) {
      expect(records.every(({ status }) => status !== undefined)).toBe(true);
      expect(() => JSON.stringify(records)).not.toThrow();
    }

    /** Returns, throws or rejects with something odd, soon, late or after it was told to stop. */
    function trouble(signal: AbortSignal): unknown {
      switch (pick(8)) {
        case 0:
          throw new Error('at once');
        case 1:
          return Promise.reject(undefined);
        case 2:
          return clock.sleep(pick(5_000)).then(() => Promise.reject('a string'));
        case 3:
          return clock.sleep('20s', { signal });
        case 4:
          return clock.sleep('20s');
        case 5:
          return clock.sleep(pick(3_000), { signal });
        case 6:
          return { then: (_: unknown, reject: (error: unknown) => void) => reject(null) };
        default:
          return 'fine';
      }
    }
  });
});
