/** An until whose `done` throws: the round before it has ended, whoever asks. */
import { virtualClock } from '@runafter/clock';
import { expect, it } from 'vitest';
import { memoryRunStore, type RunStore, resume, start, workflow } from '../../src/index.ts';

const flow = workflow('Flow', (flow) =>
  flow.until(
    'Until_Ready',
    [],
    () => 0,
    (round) => round.action('Count', ({ index }) => index + 1),
    (state) => {
      if (state === 2) throw new Error('Nobody knows.');
      return false;
    },
  ),
);

it('shows all its rounds when the run is read again', async () => {
  const clock = virtualClock();
  const store = memoryRunStore({ clock });
  const first = await start(flow, undefined, { store, runId: 'r', clock }).finished;
  const again = await (await resume(flow, 'r', { store, clock })).finished;

  for (const { status, results } of [first, again]) {
    expect(status).toBe('Failed');
    expect(results[0]).toMatchObject({ status: 'Failed', error: { message: 'Nobody knows.' } });
    expect(results[0]).toMatchObject({ iterations: [{ status: 'Succeeded' }, { index: 1 }] });
  }
});

it('fails after a restart, too, and runs no further round', async () => {
  const clock = virtualClock();
  const store = memoryRunStore({ clock });
  const first = start(flow, undefined, {
    store: withoutEndOf('Until_Ready', store),
    runId: 'r',
    clock,
  });
  first.finished.catch(() => undefined);
  await clock.advance(100);
  await first.suspend();

  const again = await (await resume(flow, 'r', { store, clock })).finished;

  expect(again.status).toBe('Failed');
  expect(again.results[0]).toMatchObject({ error: { message: 'Nobody knows.' } });
  expect(again.results[0]).toMatchObject({ counts: { total: 2, Succeeded: 2 } });
});

/** The process dies before this outcome reaches the store. */
function withoutEndOf(name: string, store: RunStore): RunStore {
  const recordOutcome: RunStore['recordOutcome'] = (writer, entry) =>
    entry.outcome.key === name ? new Promise(() => undefined) : store.recordOutcome(writer, entry);
  return new Proxy(store, {
    get(target, method) {
      if (method === 'recordOutcome') return recordOutcome;
      const value: unknown = Reflect.get(target, method, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
