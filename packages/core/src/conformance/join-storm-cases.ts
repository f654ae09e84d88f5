/**
 * A random graph whose outcomes are all recorded at once, by several connections and each twice: what
 * an engine relies on when it counts predecessors in a store.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Join } from '../ports/run-store.ts';
import { anOutcome, create, record, type Setting } from './setting.ts';

/** An action of the graph: its predecessors, and those of them that ended as it asked for. */
interface Node {
  readonly key: number;
  readonly after: readonly { readonly key: number; readonly met: boolean }[];
}

const size = 200;

export function joinStormCases(setting: Setting, seed: number | undefined): void {
  describe('200 outcomes of a random graph', () => {
    it('that several connections record at once, each twice, make each join ready exactly once', async () => {
      const connections = [setting.store, setting.other, await setting.place.connect()];
      let graphs = 0;
      const property = fc.asyncProperty(graph, async (nodes) => {
        const writer = await create(setting.store, `graph ${++graphs}`);
        // Opposite orders: the connections meet in the middle, and each repeats the other's half.
        const calls = [...nodes, ...nodes.toReversed()].map(({ key }, at) => {
          const connection = connections[at % connections.length] ?? setting.store;
          return record(connection, writer, anOutcome('', key), { joins: joinsOf(nodes, key) });
        });
        const answers = await Promise.all(calls);
        const recorded = answers.filter(({ state }) => state === 'recorded');
        const ready = recorded.flatMap((answer) => answer.ready);

        expect(recorded, 'the first outcome of a place is the only one').toHaveLength(size);
        expect(
          ready.sort((a, b) => Number(a.key) - Number(b.key)),
          'each join is told ready by exactly one of the outcomes, with whether all were met',
        ).toEqual([
          { frame: '', key: '', met: true },
          ...nodes
            .filter(({ after }) => after.length > 0)
            .map(({ key, after }) => ({ frame: '', key, met: after.every(({ met }) => met) })),
        ]);
        for (const { state, ready: told } of answers) {
          if (state !== 'duplicate') continue;
          expect(ready, 'a duplicate is told nothing else').toEqual(
            expect.arrayContaining([...told]),
          );
        }
      });
      await fc.assert(property, {
        numRuns: 5,
        endOnFailure: true,
        ...(seed !== undefined && { seed }),
      });
    }, 120_000);
  });
}

/** Each action runs after up to four of those before it. */
const graph: fc.Arbitrary<readonly Node[]> = fc
  .array(
    fc.uniqueArray(fc.record({ back: fc.integer({ min: 1, max: 30 }), met: fc.boolean() }), {
      maxLength: 4,
      selector: ({ back }) => back,
    }),
    { minLength: size, maxLength: size },
  )
  .map((lists) =>
    lists.map((list, key) => ({
      key: key + 1,
      after: list
        .map(({ back, met }) => ({ key: key + 1 - back, met }))
        .filter((predecessor) => predecessor.key > 0),
    })),
  );

/** Who waits for this action: those that run after it, and the end of the body. */
function joinsOf(nodes: readonly Node[], key: number): Join[] {
  const waiting = nodes.flatMap(({ key: successor, after }) => {
    const edge = after.find((predecessor) => predecessor.key === key);
    return edge ? [{ frame: '', key: successor, of: after.length, met: edge.met }] : [];
  });
  return [...waiting, { frame: '', key: '', of: nodes.length, met: true }];
}
