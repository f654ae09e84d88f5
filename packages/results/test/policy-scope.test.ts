/** Scopes with a failure policy: when the rest is stopped, who is told, and what explains it. */
import { virtualClock } from '@runafter/clock';
import { describe as describeFlow, type Flow, failed, start, workflow } from '@runafter/core';
import { describe, expect, test } from 'vitest';
import {
  allOrNothing,
  bestEffort,
  type FlaggedContext,
  type FlaggedFailure,
  graduated,
  policyScope,
} from '../src/index.ts';

function down(): never {
  throw Object.assign(new Error('It is down.'), { code: 'DOWN' });
}

/** Runs a workflow in a time that goes by itself. */
function begin(flow: ReturnType<typeof workflow<void, unknown>>) {
  const clock = virtualClock({ autoAdvance: true });
  return { clock, run: start(flow, undefined, { clock, runId: 'r' }) };
}

describe('all or nothing', () => {
  test('stops the others at once, and the first failure explains the scope', async () => {
    const flow = workflow('Order', (flow) => {
      policyScope(flow, 'All', [], allOrNothing, (scope) => {
        const slow = scope.delay('Slow', [], '1h');
        scope.action('After', [slow], () => 1);
        const soon = scope.delay('Soon', [], '1m');
        scope.action('Bad', [soon], down);
      });
    });
    const { run } = begin(flow);
    const { status, startTime, endTime } = await run.finished;

    expect(status).toBe('Failed');
    expect(endTime.getTime() - startTime.getTime()).toBe(60_000);
    expect(run.result('All')?.results).toMatchObject([
      { name: 'Slow', status: 'Cancelled', code: 'POLICY_STOPPED' },
      { name: 'After', status: 'Skipped', code: 'POLICY_STOPPED' },
      { name: 'Soon', status: 'Succeeded' },
      { name: 'Bad', status: 'Failed' },
    ]);
    expect(run.result('All')?.code).toBe('DOWN');
    expect(run.why().chain.map(({ path }) => path)).toEqual(['All', 'All/Bad']);
  });

  test('waits for a handler of the failure, which saves the scope', async () => {
    const flow = workflow('Order', (flow) => {
      policyScope(flow, 'All', [], allOrNothing, (scope) => {
        const bad = scope.action('Bad', down);
        const wait = scope.delay('Wait', [failed(bad)], '1h');
        scope.action('Instead', [wait], () => 1);
      });
    });

    expect((await begin(flow).run.finished).status).toBe('Succeeded');
  });

  test('stops the others as soon as the handler has failed too', async () => {
    const flow = workflow('Order', (flow) => {
      policyScope(flow, 'All', [], allOrNothing, (scope) => {
        const bad = scope.action('Bad', down);
        const wait = scope.delay('Wait', [failed(bad)], '1m');
        scope.action('Instead', [wait], down);
        scope.delay('Slow', [], '1h');
      });
    });
    const { run } = begin(flow);
    const { startTime, endTime } = await run.finished;

    expect(endTime.getTime() - startTime.getTime()).toBe(60_000);
    expect(run.result('All/Slow')?.status).toBe('Cancelled');
  });

  test('in each iteration of a loop is about that iteration alone', async () => {
    const flow = workflow('Orders', (flow) =>
      flow.forEach(
        'Each',
        [],
        () => [1, 2, 3],
        (each) =>
          void policyScope(each, 'All', [], allOrNothing, (scope) => {
            scope.delay('Slow', [], '1m');
            scope.action('Odd', ({ item }) => (item === 2 ? down() : item));
          }),
      ),
    );
    const { run } = begin(flow);

    expect((await run.finished).status).toBe('Failed');
    expect(run.result('Each')?.counts).toMatchObject({ Succeeded: 2, Failed: 1 });
    expect(run.result('Each[1]/All/Slow')?.status).toBe('Cancelled');
    expect(run.result('Each[2]/All/Slow')?.status).toBe('Succeeded');
  });
});

describe('onFlagged', () => {
  test('gets each important failure at any depth, with a key of its own, once all has ended', async () => {
    const told: [FlaggedFailure, string, string, string][] = [];
    const child = workflow('Child', (flow) => {
      flow.action('Far', down, { criticality: 'important' });
    });
    const important = { criticality: 'important' } as const;
    const flow = workflow('Order', (flow) => {
      const onFlagged = (failure: FlaggedFailure, context: FlaggedContext) => {
        const { idempotencyKey, runId, scope } = context;
        told.push([failure, idempotencyKey, runId, scope]);
      };
      policyScope(flow, 'Tell', [], { ...bestEffort, onFlagged }, (scope) => {
        scope.action('Mail', down, important);
        scope.forEach(
          'Loop',
          [],
          () => ['a', 'b'],
          (each) => void each.action('Chat', ({ item }) => item === 'b' && down(), important),
          { concurrency: 2 },
        );
        scope.condition('Maybe', [], () => true, {
          then: (then) => void then.action('Then', down, important),
        });
        scope.child('Child', [], child, () => undefined);
        scope.action('Optional', down);
      });
    });
    const { run } = begin(flow);
    const { status, flagged } = await run.finished;

    expect(status).toBe('Succeeded');
    const error = { code: 'DOWN', message: 'It is down.' };
    const paths = ['Tell/Mail', 'Tell/Loop[1]/Chat', 'Tell/Maybe/then/Then', 'Tell/Child/Far'];
    expect(told).toEqual(
      paths.map((path, position) => [
        { path, status: 'Failed', error },
        `r/Tell/On_Flagged_${position + 1}`,
        'r',
        'Tell',
      ]),
    );
    expect(flagged.map(({ path }) => path)).toEqual(paths);
  });

  test('is called by the innermost policy that has one, and by no other', async () => {
    const told: string[] = [];
    const note =
      (who: string) =>
      ({ path }: FlaggedFailure): void => {
        told.push(`${who}: ${path}`);
      };
    const flow = workflow('Order', (flow) => {
      policyScope(flow, 'Outer', [], { ...graduated, onFlagged: note('outer') }, (outer) => {
        policyScope(outer, 'Inner', [], { ...graduated, onFlagged: note('inner') }, (inner) => {
          inner.action('Mail', down);
          inner.action('Book', down, { criticality: 'critical' });
        });
        policyScope(outer, 'Silent', [], graduated, (inner) => void inner.action('Chat', down));
      });
    });

    expect((await begin(flow).run.finished).status).toBe('Succeeded');
    expect(told).toEqual([
      'inner: Outer/Inner/Mail',
      'outer: Outer/Inner',
      'outer: Outer/Silent/Chat',
    ]);
  });

  test('is tried again, and its failure is recorded and fails nothing', async () => {
    const attempts: number[] = [];
    const flow = workflow('Order', (flow) => {
      const onFlagged = (_: FlaggedFailure, { attempt }: FlaggedContext) => {
        attempts.push(attempt);
        return down();
      };
      policyScope(flow, 'Tell', [], { ...graduated, onFlagged }, (scope) => {
        scope.action('Mail', down);
      });
    });
    const { run } = begin(flow);
    const { status, handledFailures } = await run.finished;

    expect(status).toBe('Succeeded');
    expect(attempts).toEqual([1, 2, 3, 4, 5]);
    expect(run.result('Tell')?.results).toMatchObject([
      { name: 'Mail' },
      { name: 'On_Flagged_1', kind: 'shielded', status: 'Failed', code: 'DOWN' },
    ]);
    expect(handledFailures.map(({ path }) => path)).toContain('Tell/On_Flagged_1');
  });

  test('that hangs is given up after 5 minutes, or as the policy says', async () => {
    const hang = (_: FlaggedFailure, { signal }: FlaggedContext) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const flow = workflow('Order', (flow) => {
      const body = (scope: Flow<void, never>): void => {
        scope.action('Mail', down);
      };
      policyScope(flow, 'A', [], { ...graduated, onFlagged: hang }, body as never);
      const brief = { ...graduated, onFlagged: hang, onFlaggedOptions: { timeout: '1s' } } as const;
      policyScope(flow, 'B', [], brief, body as never);
    });
    const { run } = begin(flow);
    await run.finished;

    const took = (path: string) => {
      const [, told] = run.result(path)?.results ?? [];
      return [told?.status, (told?.endTime.getTime() ?? 0) - (told?.startTime.getTime() ?? 0)];
    };
    expect(took('A')).toEqual(['TimedOut', 300_000]);
    expect(took('B')).toEqual(['TimedOut', 1000]);
  });

  test('is not reached by a cancel', async () => {
    const told: string[] = [];
    const clock = virtualClock();
    const flow = workflow('Order', (flow) => {
      const onFlagged = async ({ path }: FlaggedFailure, { signal }: FlaggedContext) => {
        await clock.sleep('1m', { signal });
        told.push(path);
      };
      policyScope(flow, 'Tell', [], { ...graduated, onFlagged }, (scope) => {
        scope.action('Mail', down);
        scope.delay('Slow', [], '1d');
      });
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1h');
    expect(told).toEqual([]);
    run.cancel();
    await clock.advance('1h');

    expect((await run.finished).status).toBe('Cancelled');
    expect(told).toEqual(['Tell/Mail']);
  });

  test('is told five at a time, and of no more than a thousand', async () => {
    let now = 0;
    let most = 0;
    let all = 0;
    const flow = workflow('Order', (flow) => {
      const onFlagged = async () => {
        most = Math.max(most, ++now);
        all++;
        await Promise.resolve();
        now--;
      };
      policyScope(flow, 'Tell', [], { ...graduated, onFlagged }, (scope) => {
        scope.forEach(
          'Loop',
          [],
          () => Array.from({ length: 1_200 }),
          (each) => void each.action('Chat', down, { criticality: 'important' }),
        );
      });
    });
    await begin(flow).run.finished;

    expect([most, all]).toEqual([5, 1_000]);
  });
});

test('describe() shows the policy, and the criticality of each branch', () => {
  const flow = workflow('Order', (flow) => {
    const openTask = () => undefined;
    policyScope(flow, 'Tell', [], { ...graduated, onFlagged: openTask }, (scope) => {
      scope.action('Book', () => 1, { criticality: 'critical' });
      scope.action('Mail', () => 1);
      scope.scope('Chats', [], (inner) => void inner.action('Chat', () => 1));
    });
  });

  expect(describeFlow(flow).body.actions[0]).toMatchObject({
    container: 'policyScope',
    options: { policy: { criticality: 'important', rest: 'finish', onFlagged: 'openTask' } },
    body: {
      actions: [
        { name: 'Book', criticality: 'critical' },
        { name: 'Mail', criticality: 'important' },
        {
          name: 'Chats',
          criticality: 'important',
          body: { actions: [{ criticality: 'critical' }] },
        },
      ],
    },
  });
});

test('why() says what failed and was spared, and what was not', async () => {
  const flow = (book: () => unknown) =>
    workflow('Order', (flow) => {
      policyScope(flow, 'Tell', [], graduated, (scope) => {
        scope.action('Mail', down);
        scope.action('Chat', down, { criticality: 'optional' });
        scope.action('Book', book, { criticality: 'critical' });
      });
    });
  const fine = begin(flow(() => 1)).run;
  await fine.finished;
  const bad = begin(flow(down)).run;
  await bad.finished;

  expect(fine.why().text).toBe(
    'Run of "Order" Succeeded: none of its leaves is failing.\n' +
      '  "Tell/Mail" is important, so that it ended Failed is flagged for review: It is down.\n' +
      '  "Tell/Chat" is optional, so that it ended Failed is only recorded: It is down.',
  );
  expect(bad.why().text).toContain('"Tell/Book" is critical and ended Failed: It is down.');
});
