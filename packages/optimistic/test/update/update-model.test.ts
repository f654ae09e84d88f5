/**
 * update() by several processes over a network that loses, delays and doubles requests, while others remove
 * the document: judged by what was accepted by the backend, and by the history that the callers saw.
 */
import { type Clock, seededRandom, virtualClock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import {
  answered,
  checkHistory,
  exploreSchedule,
  type HistoryRecorder,
  type Model,
  recordHistory,
} from '@runafter/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DocumentStore,
  documentStore,
  type Updated,
  type UpdateOptions,
  update,
} from '../../src/index.ts';
import { Backend, type Fate, faultyDriver, type Network, notDone } from '../faulty-documents.ts';

type Ids = readonly string[];
type ListOp = { readonly add: string } | { readonly take: true };

/** A list that is appended to, and taken away as a whole. */
const listModel: Model<Ids, ListOp, Ids> = {
  name: 'list',
  initial: () => [],
  step(list, op, outcome) {
    const [answer, next] =
      'add' in op
        ? [
            [...list, op.add],
            [...list, op.add],
          ]
        : [list, []];
    return answered(outcome, answer) ? [next] : [];
  },
};

/** Many unknown outcomes can make a history too costly to judge; most are cheap. */
const budget = { mostConfigurations: 20_000 };

/** After these nothing of an update was written. */
const harmless = [
  'UPDATE_CONTENDED',
  'UPDATE_TIMED_OUT',
  'SERVICE_UNAVAILABLE',
  'CHANGE_REFUSED',
  'FENCE_STALE',
];

interface Sent {
  readonly id: string;
  readonly idempotent: boolean;
  readonly result: Promise<Updated<Ids>>;
}

class World {
  readonly backend = new Backend();
  readonly sent: Sent[] = [];
  readonly resolved = new Set<string>();
  readonly history: HistoryRecorder<ListOp, Ids> = recordHistory({
    classify: (error) => (harmless.some((code) => hasCode(error, code)) ? 'failed' : 'unknown'),
  });

  store(network: Network): DocumentStore<Ids> {
    return documentStore(faultyDriver(this.backend, network));
  }

  add(store: DocumentStore<Ids>, id: string, options: UpdateOptions): void {
    const result = (async () => {
      let updated: Updated<Ids> | undefined;
      // One that may be made twice does not append like the model does.
      if (options.idempotent) {
        return update(store, 'list', (list = []) => [...list, id], options);
      }
      await this.history.record(id, { add: id }, async () => {
        updated = await update(store, 'list', (list = []) => [...list, id], options);
        return updated.value;
      });
      return updated as unknown as Updated<Ids>;
    })();
    result.catch(() => {});
    this.sent.push({ id, idempotent: options.idempotent ?? false, result });
  }

  /** Takes the whole list, as a worker takes what there is to do. */
  async take(store: DocumentStore<Ids>, name: string): Promise<void> {
    const document = await store.read('list');
    if (document === undefined) return;
    await this.history.record(name, { take: true }, async () => {
      await store.remove('list', document);
      return document.value;
    });
  }

  /** How often each id was added by a write that was accepted. */
  additions(): string[] {
    const list = (text: string | undefined): string[] => JSON.parse(text ?? '[]');
    return this.backend.writes.flatMap(({ before, body }) => {
      return list(body).slice(list(before).length);
    });
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.sent.map(({ result }) => result));
  }

  async judge(): Promise<Set<string>> {
    const seen = new Set<string>();
    await this.settled();
    this.backend.deliver();
    const bodies = new Map(this.backend.writes.map(({ etag, body }) => [etag, body]));
    const additions = this.additions();
    for (const { id, idempotent, result } of this.sent) {
      const times = additions.filter((added) => added === id).length;
      const [end] = await Promise.allSettled([result]);
      if (end.status === 'fulfilled') {
        seen.add('resolved');
        this.resolved.add(id);
        if (idempotent) expect(times, `${id} was made`).toBeGreaterThanOrEqual(1);
        else expect(times, `${id} was made once`).toBe(1);
        const { value, etag } = end.value;
        if (etag !== undefined) expect(JSON.parse(bodies.get(etag) ?? '')).toEqual(value);
      } else {
        const { code } = end.reason as { code: string };
        seen.add(code);
        if (harmless.includes(code)) expect(times, `${id} was not made: ${code}`).toBe(0);
        else if (!idempotent) expect(times, `${id} was made at most once`).toBeLessThanOrEqual(1);
        if (!harmless.includes(code)) expect(code).toBe('OUTCOME_UNKNOWN');
      }
    }
    return seen;
  }

  /** Those whose outcome is not known may have come late. */
  expectOrderOf(process: string): void {
    const numbers = this.additions()
      .filter((id) => this.resolved.has(id) && id.startsWith(`${process}.`))
      .map((id) => Number(id.slice(process.length + 1)));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  }
}

const scenario = fc.record({
  seed: fc.nat(),
  processes: fc.integer({ min: 1, max: 3 }),
  updates: fc.integer({ min: 1, max: 5 }),
  faults: fc.constantFrom(0, 0.1, 0.3, 0.6),
  removals: fc.integer({ min: 0, max: 3 }),
  maxAttempts: fc.constantFrom(1, 2, 5, 50),
  timeout: fc.constantFrom(50, 500, 30_000),
  combine: fc.constantFrom(1, 2, 1_000),
  keepsFacts: fc.boolean(),
  idempotent: fc.boolean(),
});

const possibleFaults: readonly Fate[] = [
  'reply lost',
  'request lost',
  'late',
  notDone(),
  notDone(15),
];

describe('update() on a network that fails', () => {
  it('makes each change exactly once, or says what it cannot know', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const { processes, updates, removals, faults, keepsFacts, ...options } = drawn;
        const random = seededRandom(drawn.seed);
        const clock = virtualClock({ autoAdvance: true });
        const world = new World();
        const travel = () => clock.sleep(Math.floor(random() * 20));
        const fateOf = (): Fate => {
          const fault = possibleFaults[Math.floor(random() * possibleFaults.length)];
          return fault !== undefined && random() < faults ? fault : 'done';
        };
        const stores = Array.from({ length: processes }, () =>
          world.store({ travel, fateOf, keepsFacts }),
        );
        const remover = world.store({ travel, keepsFacts });
        const others: Promise<unknown>[] = [];
        for (const [process, store] of stores.entries()) {
          others.push(
            (async () => {
              for (let n = 0; n < updates; n++) {
                world.add(store, `${process}.${n}`, { ...options, clock, random });
                if (random() < 0.3) await clock.sleep(Math.floor(random() * 60));
                if (random() < 0.3) world.backend.deliver();
              }
            })(),
          );
        }
        for (let n = 0; n < removals; n++) {
          const at = Math.floor(random() * 200);
          others.push(
            (async () => {
              await clock.sleep(at);
              await world.take(remover, `take ${n}`).catch((error: unknown) => {
                if (!hasCode(error, 'ETAG_MISMATCH')) throw error;
              });
            })(),
          );
        }
        await Promise.all(others);
        await world.settled();
        const ended = clock.monotonic();
        while (await clock.advanceToNext());
        expect(clock.monotonic() - ended, 'only requests are left').toBeLessThan(3 * 20);
        for (const code of await world.judge()) seen.add(code);
        if (!drawn.idempotent) {
          for (const process of stores.keys()) world.expectOrderOf(String(process));
          const verdict = checkHistory(world.history.operations, listModel, budget);
          if (verdict.linearizable === false) expect.fail(verdict.explanation);
        }
      }),
      { numRuns: 400 },
    );
    expect([...seen].sort()).toEqual([
      'OUTCOME_UNKNOWN',
      'SERVICE_UNAVAILABLE',
      'UPDATE_CONTENDED',
      'UPDATE_TIMED_OUT',
      'resolved',
    ]);
  }, 120_000);

  it('makes each change once in every order of requests and replies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom<Fate>('done', 'reply lost', 'late', 'sent twice')),
        async (scheduler, drawnFates) => {
          const world = new World();
          const left = [...drawnFates];
          const network: Network = {
            travel: () => scheduler.schedule(Promise.resolve()),
            fateOf: ({ operation }) => (operation === 'write' ? left.shift() : undefined) ?? 'done',
          };
          const clock: Clock = {
            ...timeless,
            sleep: () => scheduler.schedule(Promise.resolve()),
          };
          for (const process of ['a', 'b']) {
            const store = world.store(network);
            for (let n = 0; n < 3; n++) world.add(store, `${process}.${n}`, { clock });
          }
          await exploreSchedule(scheduler);
          await world.judge();
          for (const process of ['a', 'b']) world.expectOrderOf(process);
          const verdict = checkHistory(world.history.operations, listModel, budget);
          if (verdict.linearizable === false) expect.fail(verdict.explanation);
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});

/** A clock on which no time-out ever comes. */
const timeless: Clock = {
  now: () => 0,
  monotonic: () => 0,
  setTimer: () => () => {},
  sleep: async () => {},
};
