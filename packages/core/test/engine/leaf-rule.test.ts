/**
 * The leaf rule and criticality: which ends make a container Failed, and which are only noted.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  type Criticality,
  type Flow,
  failed,
  type RunEvent,
  type RunResult,
  type Status,
  settled,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';

const criticalities: readonly Criticality[] = ['critical', 'important', 'optional'];

/** How an end counts: as a leaf, and as something that a bare handle runs after, whose leaf is skipped. */
interface Row {
  readonly ended: Exclude<Status, 'Cancelled'>;
  readonly leafFails: boolean;
}

const rows: readonly Row[] = [
  { ended: 'Succeeded', leafFails: false },
  { ended: 'Failed', leafFails: true },
  { ended: 'TimedOut', leafFails: true },
  // Its predecessor succeeded, so nothing that it waited for is failing.
  { ended: 'Skipped', leafFails: false },
];

const table = rows.flatMap((row) => criticalities.map((criticality) => ({ ...row, criticality })));

describe('a run', () => {
  it.each(table)(
    'with a leaf that is $criticality and ended $ended',
    async ({ ended, leafFails, criticality }) => {
      const { result } = await run((flow, clock) => {
        add(flow, clock, ended, criticality);
      });

      const fails = leafFails && criticality === 'critical';
      expect(result.status).toBe(fails ? 'Failed' : 'Succeeded');
    },
  );

  it.each(table)(
    'with an action that is $criticality and ended $ended, and a critical leaf after it',
    async ({ ended, leafFails, criticality }) => {
      const { result } = await run((flow, clock) => {
        const first = add(flow, clock, ended, criticality);
        flow.action('Leaf', [first], () => 1);
      });

      // Criticality is asked of leaves: the leaf is skipped and takes the status of what it waited for.
      expect(result.status).toBe(leafFails ? 'Failed' : 'Succeeded');
    },
  );

  it.each(table)(
    'with an action that is $criticality and ended $ended, and a leaf that handles every end',
    async ({ ended, criticality }) => {
      const { result } = await run((flow, clock) => {
        const first = add(flow, clock, ended, criticality);
        flow.action('Leaf', [settled(first)], () => 1);
      });

      expect(result.status).toBe('Succeeded');
    },
  );

  it.each(rows.filter(({ leafFails }) => leafFails))(
    'with an important action that ended $ended flags it, in the result and as an event',
    async ({ ended }) => {
      const { result, events } = await run((flow, clock) => {
        add(flow, clock, ended, 'important');
      });

      expect(result.flagged).toMatchObject([{ path: 'First', status: ended }]);
      expect(result.handledFailures).toMatchObject([{ path: 'First', status: ended }]);
      expect(events.filter(({ type }) => type === 'action.flagged')).toMatchObject([
        { path: 'First', status: ended, error: { code: result.flagged[0]?.error?.code } },
      ]);
    },
  );

  it.each(rows)('with an optional action that ended $ended flags nothing', async ({ ended }) => {
    const { result, events } = await run((flow, clock) => {
      add(flow, clock, ended, 'optional');
    });

    expect(result.flagged).toEqual([]);
    expect(events.some(({ type }) => type === 'action.flagged')).toBe(false);
  });

  it('is Failed when one of many leaves is failing', async () => {
    const { result } = await run((flow) => {
      flow.action('Good', () => 1);
      flow.action('Bad', fail);
      flow.action('Better', () => 1);
    });

    expect(result.status).toBe('Failed');
  });

  it('is Failed though its failure was handled, when a sibling of the handler was skipped', async () => {
    const { result } = await run((flow) => {
      const a = flow.action('A', fail);
      flow.action('OK', [a], () => 1);
      flow.action('Err', [failed(a)], () => 1);
    });

    // The platform's trap: the leaf OK takes the status of A.
    expect(result.status).toBe('Failed');
  });

  it('is Succeeded when a skipped leaf waited only for what succeeded or was skipped itself', async () => {
    const { result } = await run((flow) => {
      const a = flow.action('A', () => 1);
      const onlyOnFailure = flow.action('Only_On_Failure', [failed(a)], () => 1);
      flow.action('After_That', [onlyOnFailure], () => 1);
    });

    expect(result.status).toBe('Succeeded');
  });

  it('is Failed when a skipped leaf waited, through skipped ones, for one that failed', async () => {
    const { result } = await run((flow) => {
      const good = flow.action('Good', () => 1);
      const bad = flow.action('Bad', fail);
      const one = flow.action('One', [good, bad], () => 1);
      const two = flow.action('Two', [one, good], () => 1);
      flow.action('Three', [two], () => 1);
    });

    expect(result.status).toBe('Failed');
  });

  it('without anything in it is Succeeded', async () => {
    expect((await run(() => undefined)).result.status).toBe('Succeeded');
  });
});

describe('the same rule', () => {
  it('decides scopes, which then count as one action in the container around them', async () => {
    const { result } = await run((flow) => {
      const first = flow.scope('First', [], (scope) => {
        const bad = scope.action('Bad', fail);
        scope.action('Handled', [settled(bad)], () => 1);
      });
      const second = flow.scope('Second', [first], (scope) => {
        scope.action('Bad', fail);
      });
      flow.action('After', [failed(second)], () => 1);
    });

    expect(result.results.map(({ name, status }) => [name, status])).toEqual([
      ['First', 'Succeeded'],
      ['Second', 'Failed'],
      ['After', 'Succeeded'],
    ]);
    expect(result.status).toBe('Succeeded');
    expect(result.handledFailures.map(({ path }) => path)).toEqual(['First/Bad', 'Second']);
  });

  it('asks for the criticality of a whole scope, whatever is inside it', async () => {
    const { result } = await run((flow) => {
      flow.scope(
        'Nice_To_Have',
        [],
        (scope) => {
          scope.action('Bad', fail);
        },
        { criticality: 'important' },
      );
    });

    expect(result.status).toBe('Succeeded');
    expect(result.flagged).toMatchObject([{ path: 'Nice_To_Have', status: 'Failed' }]);
  });

  it('decides iterations, so that one important failure in each flags each and fails none', async () => {
    const { result } = await run((flow) => {
      flow.forEach(
        'Items',
        [],
        () => [1, 2, 3],
        (each) => {
          each.action('Notify', fail, { criticality: 'important' });
        },
        { keep: 'summary' },
      );
    });

    expect(result.status).toBe('Succeeded');
    expect(result.results[0]?.counts).toMatchObject({ Succeeded: 3, Failed: 0 });
    expect(result.flagged.map(({ path }) => path)).toEqual([
      'Items[0]/Notify',
      'Items[1]/Notify',
      'Items[2]/Notify',
    ]);
  });
});

function fail(): never {
  throw new Error('no');
}

async function run(
  write: (flow: Flow<void>, clock: VirtualClock) => void,
): Promise<{ result: RunResult<void>; events: RunEvent[] }> {
  const clock = virtualClock({ autoAdvance: true });
  const events: RunEvent[] = [];
  const flow = workflow('Leaves', (flow: Flow<void>) => write(flow, clock));
  const run = start(flow, undefined, { clock, onEvent: (event) => events.push(event) });
  return { result: await run.finished, events };
}

/** Adds an action `First` that ends as asked. */
function add(flow: Flow<void>, clock: VirtualClock, ended: Row['ended'], criticality: Criticality) {
  const before = flow.action('Before', () => 1);
  const runAfter = ended === 'Skipped' ? [failed(before)] : [settled(before)];
  return flow.action(
    'First',
    runAfter,
    (_, { signal }) => {
      if (ended === 'Failed') fail();
      return ended === 'TimedOut' ? clock.sleep('1h', { signal }) : undefined;
    },
    { criticality, timeout: '1s' },
  );
}
