/** A run over many processes ends as it does in one, whatever it consists of, and wherever its actions are called. */
import {
  event,
  type Flow,
  failed,
  on,
  type RunResult,
  settled,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import { saga } from '@runafter/saga';
import { describe, expect, it, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { fleetOn } from './fleet.ts';

const approval = event<{ by: string }>('approval');

const rows = workflow('Rows', (flow: Flow<{ of: number }>) => {
  const count = flow.action('Count', ({ input }) => input.of * 2);
  return flow.action('Sum', [count], ([count], { runId, path }) => ({ count, runId, path }));
});

const everything = workflow('Everything', (flow: Flow<number>) => {
  const first = flow.action('First', ({ input }) => ({ n: input, when: new Date(0) }));
  const left = flow.action('Left', [first], ([first]) => first.n + 1);
  const right = flow.action('Right', [first], ([first]) => {
    throw Object.assign(new Error(`no ${first.n}`), { code: 'NO_RIGHT' });
  });
  const handler = flow.action('Handler', [failed(right)], ([right]) => right.error.code);
  const skipped = flow.action('Skipped', [on(right, 'TimedOut')], () => 'never');
  const scope = flow.scope('Scope', [left], (scope, [left]) => {
    const a = scope.action('A', [left], ([left]) => left * 2);
    return scope.action('B', [a], ([a], { input }) => [a, input]);
  });
  const loop = flow.forEach(
    'Loop',
    [scope],
    () => [3, 1, 2],
    (each) => {
      const twice = each.action('Twice', ({ item }) => item * 2);
      return each.action('Plus', [twice], ([twice], { index }) => twice + index);
    },
    { concurrency: 2 },
  );
  const until = flow.until(
    'Until',
    [loop],
    ([loop]) => loop.length,
    (round) => round.action('Down', [round.state], ([state]) => state - 1),
    (state) => state === 0,
  );
  const branch = flow.condition('Branch', [until], ([rest]) => rest === 0, {
    then: (then) => then.action('Yes', () => 'yes'),
    else: (other) => other.action('No', () => 'no'),
  });
  const choice = flow.switch('Choice', [branch], ([branch]) => branch as 'yes' | 'no', {
    yes: (yes) => yes.action('Took', () => 'took yes'),
    no: (no) => no.action('Took_No', () => 'took no'),
  });
  const pause = flow.delay('Pause', [choice], '20ms');
  const child = flow.child('Child', [pause], rows, (_, { input }) => ({ of: input }));
  const flaky = flow.action(
    'Flaky',
    ({ attempt }) => {
      if (attempt < 3) throw new Error(`attempt ${attempt}`);
      return attempt;
    },
    { retry: { type: 'fixed', count: 3, interval: '5ms' } },
  );
  const slow = flow.action('Slow', ({ signal }) => untilTold(signal), { timeout: '50ms' });
  const trimmed = flow.action('Trimmed', () => ({ a: 1, b: 2 }), { select: ({ b }) => b });
  return flow.action(
    'Last',
    [child, settled(handler), settled(skipped), flaky, settled(slow), trimmed],
    ([child, handler, skipped, flaky, slow, trimmed]) => ({
      child: { count: child.count, path: child.path },
      statuses: [handler.status, skipped.status, slow.status],
      flaky,
      trimmed,
    }),
  );
});

const undone: string[] = [];
const booking = workflow('Booking', (flow: Flow<string>) => {
  const trip = saga(flow, 'Trip', [], (trip) => {
    const hotel = trip.step('Hotel', ({ input }) => `${input}: hotel`, {
      compensate: (done) => undone.push(`${'outputs' in done && done.outputs}`),
    });
    const flight = trip.step('Flight', [hotel], ([hotel]) => `${hotel}, flight`, {
      compensate: (done) => undone.push(`${'outputs' in done && done.outputs}`),
    });
    return trip.step(
      'Pay',
      [flight],
      () => {
        throw new Error('no money');
      },
      { compensate: (done) => undone.push(`unknown: ${'unknown' in done && done.unknown}`) },
    );
  });
  return flow.action('Report', [settled(trip)], ([trip]) => trip.status);
});

const approved = workflow('Approved', (flow: Flow<void>) => {
  const wait = flow.waitFor('Wait', [], approval, { timeout: '1h' });
  return flow.action('Order', [wait], ([{ by }]) => `ordered by ${by}`);
});

/** Runs of it that have begun their long action. */
const long = new Set<string>();
const terminated = workflow('Terminated', (flow: Flow<string>) => {
  const check = flow.action('Check', ({ input }) => vi.waitUntil(() => long.has(input), 20_000));
  flow.action('Long', ({ input, signal }) => {
    long.add(input);
    return untilTold(signal);
  });
  flow.terminate('Enough', [check], 'Succeeded', { code: 'ENOUGH', message: 'enough' });
});

const tooLate = workflow(
  'Too_Late',
  (flow: Flow<void>) => {
    flow.action('Long', ({ signal }) => untilTold(signal));
  },
  { timeout: '300ms' },
);

/** Fails with what it is told. */
function untilTold(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

await onService('redis', ({ url, prefix }) => {
  describe.each([
    { eager: true, where: 'called where the run is scheduled' },
    { eager: false, where: 'that all go through queues' },
  ])('with actions $where', ({ eager }) => {
    async function ends<In, T>(flow: Workflow<In, T>, input: In): Promise<RunResult<T>> {
      const fleet = fleetOn(url, prefix);
      for (let n = 0; n < 2; n++) await fleet.work([flow], { eager });
      const run = await fleet.open([flow]).start(flow, input, { runId: 'one' });
      return run.finished;
    }

    it.each([
      ['a DAG of every kind of action', everything, 5],
      ['a workflow that takes too long', tooLate, undefined],
    ] as readonly [string, Workflow<unknown, unknown>, unknown][])(
      '%s has the same status, outputs and records',
      async (_, flow, input) => {
        const here = await start(flow, input, { runId: 'one' }).finished;
        const there = await ends(flow, input);
        expect(told(there)).toEqual(told(here));
      },
    );

    it('a workflow that terminates itself has the same status, outputs and records', async () => {
      const here = await start(terminated, 'here', { runId: 'one' }).finished;
      const there = await ends(terminated, `there, ${eager}`);
      expect(told(there)).toEqual(told(here));
    });

    it('a saga is undone in the same order', async () => {
      const here = await start(booking, 'Rome', { runId: 'one' }).finished;
      const undoneHere = undone.splice(0);
      const there = await ends(booking, 'Rome');
      expect(told(there)).toEqual(told(here));
      expect(undone.splice(0)).toEqual(undoneHere);
    });

    it('a signal wakes who waits for it, and is taken when it came before', async () => {
      const fleet = fleetOn(url, prefix);
      const starter = fleet.open([approved]);
      const early = await starter.start(approved, undefined);
      await early.signal(approval, { by: 'Ann' });
      await fleet.work([approved], { eager });
      const late = await starter.start(approved, undefined);
      expect(await early.finished).toMatchObject({ outputs: 'ordered by Ann' });
      await late.signal('approval', { by: 'Bob' });
      expect(await late.finished).toMatchObject({ outputs: 'ordered by Bob' });
    });
  });
});

function inOrder(records: RunResult<unknown>['results']): RunResult<unknown>['results'] {
  return [...records].sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** What must not differ: all but times and ids. */
function told(result: RunResult<unknown>): object {
  const { status, results } = result;
  const outputs = 'outputs' in result ? result.outputs : undefined;
  const error = 'error' in result ? result.error : undefined;
  const record = (of: RunResult<unknown>['results'][number]): object => ({
    path: of.path,
    status: of.status,
    outputs: of.outputs,
    error: of.error && { code: of.error.code, message: of.error.message },
    attempts: of.attempts.map(({ number, error }) => [number, error?.message]),
    inside: inOrder(of.results).map(record),
  });
  return { status, outputs, code: error?.code, records: inOrder(results).map(record) };
}
