/**
 * When an action starts: as soon as all it runs after have ended in a status that was asked for, and not
 * before; otherwise it is skipped.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  type Flow,
  failed,
  type Handle,
  on,
  type Root,
  type Run,
  type RunAfterStatus,
  settled,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';

/** How an action is made to end in each status that runAfter can list. */
const endings: readonly RunAfterStatus[] = ['Succeeded', 'Failed', 'Skipped', 'TimedOut'];

describe('an action', () => {
  describe.each(endings)('after one that ended %s', (ended) => {
    it.each(endings)('that was listed as %s runs only when that is the same', async (listed) => {
      const { run } = await endedOne(ended, (flow, first) => {
        flow.action('Next', [on(first, listed)], ([result]) => result.status);
      });
      const next = run.result('Next');

      if (listed === ended) expect(next).toMatchObject({ status: 'Succeeded', outputs: ended });
      else expect(next).toMatchObject({ status: 'Skipped', code: 'RUN_AFTER_NOT_MET' });
    });

    it('that was listed bare runs only after Succeeded', async () => {
      const { run } = await endedOne(ended, (flow, first) => {
        flow.action('Next', [first], () => 1);
      });

      expect(run.result('Next')?.status).toBe(ended === 'Succeeded' ? 'Succeeded' : 'Skipped');
    });

    it('that was listed as failed() runs after Failed and TimedOut', async () => {
      const { run } = await endedOne(ended, (flow, first) => {
        flow.action('Next', [failed(first)], () => 1);
      });
      const runs = ended === 'Failed' || ended === 'TimedOut';

      expect(run.result('Next')?.status).toBe(runs ? 'Succeeded' : 'Skipped');
    });

    it('that was listed as settled() runs, so that the run goes on whatever happened', async () => {
      const { run } = await endedOne(ended, (flow, first) => {
        flow.action('Next', [settled(first)], ([result]) => result.status);
      });

      expect(run.result('Next')?.outputs).toBe(ended);
    });
  });

  it('waits for all that it runs after, also for those that failed', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Fan_In', (flow) => {
      const quick = flow.action('Quick', async () => {
        await clock.sleep('1s');
        throw new Error('no');
      });
      const slow = flow.action('Slow', () => clock.sleep('9s'));
      flow.action('Both', [settled(quick), slow], () => clock.monotonic());
      flow.action('Neither', [quick, slow], () => 1);
    });
    const run = start(flow, undefined, { clock });
    await run.finished;

    expect(run.result('Both')?.outputs).toBe(9_000);
    // Also a skip waits for all: only then is every condition known.
    expect(run.result('Neither')?.startTime.getTime()).toBe(Date.UTC(2026, 0, 1) + 9_000);
  });

  it('starts as soon as its own predecessors have ended, whatever others do', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const begun: Record<string, number> = {};
    const work =
      (seconds: number) =>
      async (_: unknown, { path }: { path: string }) => {
        begun[path] = clock.monotonic() / 1_000;
        await clock.sleep(seconds * 1_000);
      };
    const flow = workflow('Any_DAG', (flow) => {
      const a = flow.action('A', [], work(2));
      const b = flow.action('B', [], work(5));
      const c = flow.action('C', [a, b], work(1));
      const d = flow.action('D', [a], work(3));
      flow.action('E', [c, d], work(1));
    });
    await start(flow, undefined, { clock }).finished;

    expect(begun).toEqual({ A: 0, B: 0, C: 5, D: 2, E: 6 });
    // The critical path: B, C, E.
    expect(clock.monotonic()).toBe(7_000);
  });

  it('is dispatched together with its siblings that wait for the same', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Fulfil_Order', (flow) => {
      const stock = flow.action('Validate_Inventory', () => clock.sleep('3s'));
      const crm = flow.action('Create_CRM_Record', [stock], () => clock.sleep('4s'));
      const email = flow.action('Send_Confirmation_Email', [stock], () => clock.sleep('3s'));
      const teams = flow.action('Post_Teams_Notification', [stock], () => clock.sleep('4s'));
      flow.action('Update_Order_Status', [crm, email, teams], () => clock.sleep('3s'));
    });
    const { results } = await start(flow, undefined, { clock }).finished;

    expect(results.slice(1, 4).map(({ startTime }) => startTime.getTime())).toEqual(
      [3_000, 3_000, 3_000].map((ms) => Date.UTC(2026, 0, 1) + ms),
    );
    expect(clock.monotonic()).toBe(10_000);
  });

  it('is handed the outputs in the order of its list, and results where it asked for them', async () => {
    const flow = workflow('Order_Of_Inputs', (flow) => {
      const first = flow.action('First', () => 'one');
      const second = flow.action('Second', async () => 'two');
      const third = flow.action('Third', (): string => {
        throw new Error('three');
      });
      return flow.action('All', [second, settled(third), first], ([second, third, first]) => {
        return [second, third.status === 'Failed' && third.error.message, first];
      });
    });
    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['two', 'three', 'one'] });
  });
});

describe('what was cancelled', () => {
  it('is never followed by anything, not even by what takes every status', async () => {
    const clock = virtualClock();
    const flow = workflow('Stop', (flow) => {
      const long = flow.action('Long', ({ signal }) => clock.sleep('1h', { signal }));
      flow.action('Next', [settled(long)], () => 1);
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    const { results } = await run.finished;

    expect(results.map(({ status }) => status)).toEqual(['Cancelled', 'Skipped']);
  });
});

/** Runs a workflow whose action `First` ends in the given status. */
async function endedOne(
  ended: RunAfterStatus,
  more: (flow: Flow<void>, first: Handle<Root, unknown>) => void,
): Promise<{ run: Run<void> }> {
  const clock = virtualClock({ autoAdvance: true });
  const behaviour = (signal: AbortSignal): unknown => {
    if (ended === 'Failed') throw new Error('as asked');
    return ended === 'TimedOut' ? clock.sleep('1h', { signal }) : ended;
  };
  const flow = workflow('Ended', (flow: Flow<void>) => {
    const before = flow.action('Before', () => {
      throw new Error('always');
    });
    const first = flow.action(
      'First',
      [ended === 'Skipped' ? on(before, 'Succeeded') : settled(before)],
      (_, { signal }) => behaviour(signal),
      { ...(ended === 'TimedOut' && { timeout: '1s' }) },
    );
    more(flow, first);
  });
  const run = start(flow, undefined, { clock });
  await run.finished;
  expect(run.result('First')?.status).toBe(ended);
  return { run };
}
