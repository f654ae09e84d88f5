/**
 * Snapshots of runs: what is in them, of a run in this process and of one in a store, and what never is.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { type Clock, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import {
  type Flow,
  memoryRunStore,
  type Run,
  type RunSnapshot,
  type RunStore,
  readSnapshot,
  resume,
  type StoredRun,
  settled,
  snapshot,
  start,
  type Workflow,
  workflow,
} from '../../src/index.ts';
import { carriers, secret } from '../engine/secret-carriers.ts';
import { aesCipher } from './aes-cipher.ts';

/** Runs it with a store, until the clock has nothing left to do or the time is up. */
async function runFor(flow: Workflow<void, unknown>, time: '3s' | '1h') {
  const clock = virtualClock();
  const store = memoryRunStore({ clock });
  const cipher = aesCipher(randomBytes(32));
  const run = start(flow, undefined, { store, clock, cipher, runId: 'r' }) as Run<unknown>;
  await clock.advance(time);
  const read = (maxIterations?: number) =>
    readSnapshot(store, 'r', { clock, cipher, ...(maxIterations && { maxIterations }) });
  return { run, store, clock, read };
}

function statusesOf({ executions }: RunSnapshot): Readonly<Record<string, string>> {
  return Object.fromEntries(executions.map(({ path, status }) => [path, status]));
}

describe('a snapshot of a run that goes on', () => {
  const longOn = (clock: Clock) =>
    workflow('Long', (flow: Flow<void>) => {
      const takes = (seconds: number) => async () => clock.sleep(seconds * 1_000);
      const first = flow.action('First', takes(1));
      flow.scope('Scope', [first], (scope) => {
        const inner = scope.action('Done', takes(1));
        scope.action('At_Work', [inner], takes(9));
      });
      flow.forEach(
        'Loop',
        [first],
        () => [1, 9],
        (each) => each.action('Each', takes(0.5)),
        {
          concurrency: 1,
        },
      );
      flow.delay('Wait', [first], '1m');
      flow.action('Not_Yet', [settled(first)], takes(9));
    });

  it('has what runs, and since when', async () => {
    const clock = virtualClock();
    const run = start(longOn(clock), undefined, { clock }) as Run<unknown>;
    await clock.advance('3s');

    const taken = snapshot(run);

    expect(taken).toMatchObject({ status: 'Running', error: undefined });
    expect(taken.endTime.getTime() - taken.startTime.getTime()).toBe(3_000);
    expect(taken.explanation.text).toBe('Run of "Long" is still running.');
    expect(statusesOf(taken)).toEqual({
      First: 'Succeeded',
      Scope: 'Running',
      'Scope/Done': 'Succeeded',
      'Scope/At_Work': 'Running',
      Loop: 'Succeeded',
      'Loop[0]': 'Succeeded',
      'Loop[0]/Each': 'Succeeded',
      'Loop[1]': 'Succeeded',
      'Loop[1]/Each': 'Succeeded',
      Wait: 'Running',
      Not_Yet: 'Running',
    });
    const atWork = taken.executions.find(({ path }) => path === 'Scope/At_Work');
    expect(atWork).toMatchObject({ startTime: clock.now() - 1_000, endTime: undefined });
    run.cancel();
    await clock.advance('1h');
  });

  it('has the same of its store, where what could start counts as running', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const run = start(longOn(clock), undefined, { store, clock, runId: 'r' }) as Run<unknown>;
    await clock.advance('3s');

    const { usage: _, ...taken } = snapshot(run);
    const { usage: __, ...read } = await readSnapshot(store, 'r', { clock });

    expect(read).toEqual(taken);
    run.cancel();
    await clock.advance('1h');
  });
});

describe('a snapshot from a store', () => {
  it('has the iterations that tell most where there are too many', async () => {
    const items = Array.from({ length: 40 }, (_, index) => index);
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const flow = workflow('Many', (flow: Flow<void>) => {
      flow.forEach(
        'Loop',
        [],
        () => items,
        (each) => {
          each.action('Each', async ({ item }) => {
            await clock.sleep(item === 20 ? 900 : 10);
            if (item === 30) throw new Error('thirty');
          });
        },
      );
    });
    start(flow, undefined, { store, clock, runId: 'r' });
    await clock.advance('1h');

    const read = await readSnapshot(store, 'r', { maxIterations: 3 });

    expect(read.executions.map(({ path }) => path)).toEqual([
      'Loop',
      ...['Loop[0]', 'Loop[0]/Each', 'Loop[20]', 'Loop[20]/Each', 'Loop[30]', 'Loop[30]/Each'],
    ]);
    expect(read.executions[0]?.left).toBe(37);
    expect(read.explanation.chain.map(({ path }) => path)).toEqual(['Loop', 'Loop[30]/Each']);
  });

  it('is refused of a run that is not there', async () => {
    await expect(readSnapshot(memoryRunStore(), 'none')).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
    });
  });

  it('is refused of what is no run', () => {
    expect(() => snapshot({} as Run<unknown>)).toThrow(
      expect.objectContaining({ code: 'RUN_OPTION_INVALID' }),
    );
  });
});

describe('a secret', () => {
  it.each(Object.entries(carriers))('is in no snapshot of a run of %s', async (_, write) => {
    const got: unknown[] = [];
    const flow = workflow('Secrets', (flow: Flow<void>) => {
      write(flow, (value) => got.push(value));
    });
    const { run, read, store } = await runFor(flow, '1h');
    run.finished.catch(() => undefined);

    const withCipher = await read();
    const withoutCipher = await readSnapshot(store, 'r');

    expect(withCipher.executions).not.toEqual([]);
    for (const taken of [snapshot(run), withCipher, withoutCipher]) {
      expect(JSON.stringify(taken)).not.toContain(secret);
    }
    run.cancel();
  });
});

it('explains a child in an iteration that was dropped by nothing, as after a restart', async () => {
  const inner = workflow('Inner', (flow: Flow<void>) => {
    flow.action('Fails', () => Promise.reject(new Error('no')), { criticality: 'important' });
  });
  const flow = workflow('Outer', (flow: Flow<void>) => {
    flow.forEach(
      'Loop',
      [],
      () => [1],
      (each) => each.child('Sub', [], inner, () => undefined),
      {
        keep: 'failures',
      },
    );
  });
  const { run, read } = await runFor(flow, '3s');

  expect(run.why().text).toBe('Run of "Outer" Succeeded: none of its leaves is failing.');
  expect((await read()).explanation).toEqual(run.why());
});

it('tells why an iteration failed before its body began', async () => {
  const flow = workflow('Keyed', (flow: Flow<void>) => {
    const key = (item: number) => {
      if (item === 2) throw new Error('No key for two.');
      return String(item);
    };
    flow.forEach(
      'Loop',
      [],
      () => [1, 2],
      (each) => each.action('Each', () => 1),
      { key },
    );
  });
  const { run, read } = await runFor(flow, '3s');

  for (const { executions } of [snapshot(run), await read()]) {
    const failed = executions.find(({ path }) => path === 'Loop[1]');
    expect(failed).toMatchObject({ status: 'Failed', error: { message: 'No key for two.' } });
  }
});

describe('a run that an earlier version stored', () => {
  it('is refused with what to do: its definition was kept without what explains it', async () => {
    const { store, flow } = await storedEarlier(({ shape: _, ...outline }) => outline);

    await expect(readSnapshot(store, 'r')).rejects.toMatchObject({
      code: 'RUN_SHAPE_UNKNOWN',
      runId: 'r',
      message: expect.stringMatching(/^Run "r" .* "Short" .*Resume the run with its workflow/),
    });
    // As the message says.
    const resumed = await resume(flow, 'r', { store });
    await resumed.finished;
    expect(snapshot(resumed as Run<unknown>).executions.map(({ path }) => path)).toEqual(['Only']);
  });

  it('is refused where the text of its definition was cut', async () => {
    const { store } = await storedEarlier(() => undefined);

    await expect(readSnapshot(store, 'r')).rejects.toMatchObject({ code: 'STORED_VALUE_INVALID' });
  });
});

/** A run that has ended, whose definition is read as `change` leaves it; cut for undefined. */
async function storedEarlier(change: (definition: Record<string, unknown>) => unknown) {
  const flow = workflow('Short', (flow: Flow<void>) => void flow.action('Only', () => 1));
  const store: RunStore = memoryRunStore();
  await start(flow, undefined, { store, runId: 'r' }).finished;
  const run = (await store.readRun('r')) as StoredRun;
  const definition = JSON.stringify(change(JSON.parse(run.definition)));
  const earlier = { ...run, definition: definition ?? run.definition.slice(0, 20) };
  Object.assign(store, { readRun: async () => earlier });
  return { store, flow };
}
