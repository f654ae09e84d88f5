/** What a plan simulates is what the engine does: retries, time-outs, branches, rounds, waits, loops in loops. */

import { concurrencyLimiter, exponential, fixed } from '@runafter/clock';
import { defineWorkflow, event, type Flow, failed, settled, workflow } from '@runafter/core';
import { saga } from '@runafter/saga';
import { adaptive } from '@runafter/throttle';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { type PlanOptions, planRuns } from '../../src/plan/plan-runs.ts';

const never = (): never => {
  throw new Error('A real function was called.');
};

async function rowOf(
  body: (flow: Flow<void>) => void,
  plan: Plan,
  options: PlanOptions = { degrees: [1] },
) {
  const { rows } = await planRuns(workflow('Flow', body), plan, { samples: 1, ...options });
  const [row] = rows;
  if (row === undefined) throw new Error('There is no row.');
  return { ...row, seconds: row.makespan.mean / 1_000 };
}

describe('a connector', () => {
  it('refuses what is too much, and the policy of the action waits as it is told', async () => {
    const { seconds, calls, refused } = await rowOf(
      (flow) => {
        flow.forEach('Mails', [], never, (each) => {
          each.action('Send', never, { retry: fixed({ count: 3, interval: '1s' }) });
        });
      },
      {
        actions: {
          Mails: { items: 31 },
          'Mails/Send': { duration: '1s', connector: 'outlooksend' },
        },
      },
      { degrees: [31] },
    );
    // The 31st is told to come back in a minute, and takes a second then.
    expect({ seconds, calls, refused }).toEqual({ seconds: 61, calls: 32, refused: 1 });
  });

  it('fails the run where the policy of the action gives up', async () => {
    const { unsuccessful } = await rowOf(
      (flow) => {
        flow.forEach('Mails', [], never, (each) => void each.action('Send', never));
      },
      {
        actions: {
          Mails: { items: 31 },
          'Mails/Send': { duration: '1s', connector: 'outlookSend' },
        },
      },
      { degrees: [31] },
    );
    expect(unsuccessful).toBe(1);
  });

  it('can have a client that tries again by itself, one call and not all of an attempt', async () => {
    const body = (flow: Flow<void>) => void flow.action('Export', never);
    const rate = { calls: 3, per: '10s' } as const;
    const retry = fixed({ count: 3, interval: '1s' });
    const actions = { Export: { duration: '4s', calls: 4, connector: 'Api' } } as const;
    const patient = await rowOf(body, { actions, connectors: { Api: { rate, retry } } });
    // Three calls in 3 s, the fourth when the window has moved on, at 10 s.
    expect(patient).toMatchObject({ seconds: 11, calls: 5, refused: 1, unsuccessful: 0 });
    expect(patient.waiting).toBeCloseTo(7 / 11);
    const hasty = await rowOf(body, { actions, connectors: { Api: { rate } } });
    expect(hasty).toMatchObject({ seconds: 3, unsuccessful: 1 });
  });

  it('with slots lets calls wait in line, which is what binds then', async () => {
    const row = await rowOf(
      (flow) => {
        flow.forEach('Rows', [], never, (each) => void each.action('Insert', never));
      },
      {
        actions: { Rows: { items: 40 }, 'Rows/Insert': { duration: '1s', connector: 'db' } },
        connectors: { db: { slots: 4 } },
      },
      { degrees: [20] },
    );
    expect(row).toMatchObject({ seconds: 10, refused: 0 });
    expect(row.binds).toEqual({ by: 'connector', connector: 'db', limit: 'slots' });
    expect(row.waiting).toBeGreaterThan(0.7);
  });

  it('that is known by how much it takes at once is a pool, and refuses nobody', async () => {
    const row = await rowOf(
      (flow) => {
        flow.forEach('Rows', [], never, (each) => void each.action('Insert', never));
      },
      { actions: { Rows: { items: 40 }, 'Rows/Insert': { duration: '1s', connector: 'sql' } } },
      { degrees: [40] },
    );
    expect(row).toMatchObject({ seconds: 2, refused: 0 });
  });

  it('is only one of several limits where another one holds as much', async () => {
    const row = await rowOf(
      (flow) => {
        flow.forEach('Rows', [], never, (each) => {
          const read = each.action('Read', never);
          each.action('Write', [read], never);
        });
      },
      {
        actions: {
          Rows: { items: 100 },
          'Rows/Read': { duration: '1s', connector: 'a' },
          'Rows/Write': { duration: '1s', connector: 'b' },
        },
        connectors: { a: { slots: 2 }, b: { slots: 2 } },
      },
      { degrees: [20] },
    );
    expect(row.binds).toEqual({ by: 'several limits' });
  });
});

describe('the engine', () => {
  it('ends what takes longer than its timeout, and goes on with what handles that', async () => {
    const { seconds, unsuccessful } = await rowOf(
      (flow) => {
        const slow = flow.action('Slow', never, { timeout: '30s' });
        flow.action('Instead', [failed(slow)], never);
      },
      { duration: '2s', actions: { Slow: { duration: '5m' } } },
    );
    expect({ seconds, unsuccessful }).toEqual({ seconds: 32, unsuccessful: 0 });
  });

  it('retries failures by the policy of the workflow', async () => {
    const plan = { actions: { Charge: { duration: '1s', failures: 1 } } } as const;
    const { seconds, unsuccessful } = await rowOf((flow) => {
      flow.action('Charge', never, { retry: fixed({ count: 2, interval: '10s' }) });
    }, plan);
    expect({ seconds, unsuccessful }).toEqual({ seconds: 23, unsuccessful: 1 });
  });

  it('runs what is written in the data form as well', async () => {
    const data = defineWorkflow({
      name: 'Data',
      actions: {
        Read: { run: never },
        Write: { runAfter: { Read: ['SUCCEEDED'] }, run: ({ outputs }) => outputs('Read') },
      },
    });
    const { rows } = await planRuns(data, { duration: '2s' }, { degrees: [1], samples: 1 });
    expect(rows[0]?.makespan.mean).toBe(4_000);
  });

  it('takes the branch that is planned, or then', async () => {
    const body = (flow: Flow<void>) => {
      const asked = flow.condition('Large', [], never, {
        then: (then) => void then.action('Approve', never),
        else: (otherwise) => void otherwise.action('Book', never),
      });
      flow.switch('Country', [asked], never, {
        de: (german) => void german.action('Post', never),
        default: (other) => void other.action('Ship', never),
      });
    };
    const duration = {
      'Large/then/Approve': { duration: '60s' },
      'Country/de/Post': { duration: '2s' },
    } as const;
    expect((await rowOf(body, { actions: duration })).seconds).toBe(62);
    const other = {
      Large: { takes: 'else' },
      'Large/else/Book': { duration: '1s' },
      Country: { takes: 'default' },
      'Country/default/Ship': { duration: '9s' },
    } as const;
    expect((await rowOf(body, { actions: other })).seconds).toBe(10);
  });

  it('takes branches by their shares, the same items at each degree', async () => {
    const body = (flow: Flow<void>) => {
      flow.forEach('Orders', [], never, (each) => {
        each.condition('Large', [], never, {
          then: (then) => void then.action('Approve', never),
        });
      });
    };
    const actions = {
      Orders: { items: 1_000 },
      'Orders/Large': { takes: { then: 0.2, else: 0.8 } },
      'Orders/Large/then/Approve': { duration: '1s' },
    } as const;
    const { seconds } = await rowOf(body, { actions });
    expect(seconds).toBeGreaterThan(150);
    expect(seconds).toBeLessThan(250);
    const { rows } = await planRuns(workflow('Flow', body), { actions }, { degrees: [1, 1_000] });
    expect(rows[1]?.makespan.mean).toBe(1_000);
  });

  it('runs rounds, loops in loops, child workflows, delays and waits for as long as planned', async () => {
    const child = workflow('Child', (flow: Flow<string>) => void flow.action('Pay', never));
    const { seconds } = await rowOf(
      (flow) => {
        const rounds = flow.until('Poll', [], never, (round) => round.action('Ask', never), never);
        const loop = flow.forEach('Orders', [rounds], never, (each) => {
          each.forEach('Lines', [], never, (line) => void line.child('Payment', [], child, never));
        });
        const waited = flow.waitFor('Approval', [settled(loop)], event('approval'), {
          timeout: '1d',
        });
        flow.delay('Pause', [waited], '30s');
      },
      {
        actions: {
          Poll: { rounds: 3 },
          'Poll/Ask': { duration: '1s' },
          Orders: { items: 2 },
          'Orders/Lines': { items: 5 },
          'Orders/Lines/Payment/Pay': { duration: '1s' },
          Approval: { duration: '2h' },
        },
      },
    );
    expect(seconds).toBe(3 + 10 + 7_200 + 30);
  });

  it('lets one item after the other through where they have the same key', async () => {
    const body = (flow: Flow<void>) => {
      const options = { key: never };
      flow.forEach('Orders', [], never, (each) => void each.action('Ship', never), options);
    };
    const actions = (keys: number) =>
      ({ Orders: { items: 12, keys }, 'Orders/Ship': { duration: '1s' } }) as const;
    const options = { degrees: [12] };
    expect((await rowOf(body, { actions: actions(12) }, options)).seconds).toBe(1);
    expect((await rowOf(body, { actions: actions(3) }, options)).seconds).toBe(4);
  });

  it('calls no function of the workflow, not even to undo what failed', async () => {
    const undone = workflow('Trip', (flow: Flow<void>) => {
      saga(flow, 'Book', [], (trip) => {
        const hotel = trip.step('Hotel', [], never, { compensate: never });
        trip.step('Flight', [hotel], never, { compensate: never });
      });
    });
    const actions = {
      'Book/Hotel': { duration: '1s' },
      'Book/Flight': { duration: '1s', failures: 1 },
    } as const;
    const { rows, notes } = await planRuns(undone, { actions }, { degrees: [1] });
    expect(rows[0]).toMatchObject({ unsuccessful: 5, makespan: { mean: 2_000 } });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('Book');
  });

  it('leaves out limiters, which live in real time, and says so', async () => {
    const limited = workflow('Limited', (flow: Flow<void>) => {
      const options = { concurrency: adaptive(), limiter: concurrencyLimiter(1) };
      flow.forEach('Items', [], never, (each) => void each.action('Call', never), options);
    });
    const actions = { Items: { items: 10 }, 'Items/Call': { duration: '1s' } } as const;
    const { rows, notes } = await planRuns(limited, { actions }, { degrees: [5] });
    expect(rows[0]?.makespan.mean).toBe(2_000);
    expect(notes.join(' ')).toMatch(/limiters of Items\/Call .* adaptive concurrency of Items/);
  });
});

describe('what is varied', () => {
  const two = workflow('Two', (flow: Flow<void>) => {
    flow.forEach('Few', [], never, (each) => void each.action('Work', never));
    flow.forEach('Many', [], never, (each) => {
      each.forEach('Inner', [], never, (inner) => void inner.action('Work', never));
    });
  });
  const actions = { Few: { items: 3 }, Many: { items: 4 }, 'Many/Inner': { items: 99 } };
  const plan: Plan = { duration: '1s', actions };

  it('is the outermost loop, of several the one with the most items, or the one that is named', async () => {
    const chosen = await planRuns(two, plan, { degrees: [4], samples: 1 });
    expect(chosen.varies).toEqual({ kind: 'loop', address: 'Many', items: 4 });
    expect(chosen.rows[0]?.makespan.mean).toBe(99_000);
    const options = { loop: 'Many/Inner', degrees: [99], samples: 1 };
    const named = await planRuns(two, plan, options);
    expect(named.varies).toEqual({ kind: 'loop', address: 'Many/Inner', items: 99 });
    expect(named.rows[0]?.makespan.mean).toBe(4_000);
  });

  it('has formulas for an iteration when nobody else is there, not even another one', async () => {
    const calls = workflow('Calls', (flow: Flow<void>) => {
      flow.forEach('Items', [], never, (each) => void each.action('Call', never), {
        key: never,
      });
    });
    const { formulas } = await planRuns(
      calls,
      {
        actions: {
          Items: { items: 10, keys: 1 },
          'Items/Call': { duration: '3s', calls: 3, connector: 'sharePoint' },
        },
      },
      { degrees: [10] },
    );
    // The example that the field's formula is quoted with.
    expect(formulas).toEqual([
      {
        connector: 'sharePoint',
        limitPerMinute: 600,
        callsPerIteration: 3,
        iterationTime: 3_000,
        safeConcurrency: 5,
        iterationsPerMinute: 100,
      },
    ]);
  });
});

describe("the workflow's own bound on its actions", () => {
  const body = (flow: Flow<void>): void => {
    flow.forEach('Items', [], never, (each) => void each.action('Work', never));
  };
  const plan = { actions: { Items: { items: 12 }, 'Items/Work': { duration: '1s' } } } as const;
  const bounded = workflow('Bounded', body, { maxConcurrentActions: 3 });

  it('is what binds where it holds more than the degree does, and no part of the critical path', async () => {
    const { rows, criticalPath } = await planRuns(bounded, plan, { degrees: [2, 12] });
    expect(rows.map(({ makespan }) => makespan.mean)).toEqual([6_000, 4_000]);
    expect(rows.map(({ binds }) => binds.by)).toEqual(['degree', 'maxConcurrentActions']);
    expect(criticalPath).toBe(1_000);
  });
});

it('nothing calmer is recommended where nobody is refused', async () => {
  const flow = workflow('Flow', (root: Flow<void>) => {
    root.forEach('Items', [], never, (each) => void each.action('Work', never));
  });
  const actions = { Items: { items: 601 }, 'Items/Work': { duration: '1s' } } as const;
  // 25 rounds and 24 rounds: one more at once gains 4 %.
  const { recommended } = await planRuns(flow, { actions }, { degrees: [25, 26], samples: 1 });
  expect(recommended).toEqual({ degree: 25, fastest: 26, calm: 25 });
});

describe('chance', () => {
  const updates = workflow('Updates', (flow: Flow<void>) => {
    flow.forEach('Items', [], never, (each) => {
      each.action('Call', never, { retry: exponential({ count: 9, interval: '1s' }) });
    });
  });
  const plan = {
    actions: {
      Items: { items: 50 },
      'Items/Call': { duration: { mean: '1s', sigma: 0.5 }, connector: 'Api', failures: 0.1 },
    },
    connectors: { Api: { rate: { calls: 20, per: '10s' }, retryAfter: { mean: '5s', spread: 1 } } },
  } as const;

  it('is the same for the same seed, and another for another', async () => {
    const planned = (seed: string) => planRuns(updates, plan, { degrees: [2, 8], seed });
    expect(await planned('a')).toEqual(await planned('a'));
    expect((await planned('a')).rows).not.toEqual((await planned('b')).rows);
  });

  it('is not what makes one degree differ from another', async () => {
    const { Items, 'Items/Call': call } = plan.actions;
    const actions = { Items, 'Items/Call': { duration: call.duration } };
    const { rows } = await planRuns(updates, { actions }, { degrees: [1, 50], samples: 1 });
    const [one, all] = rows.map(({ makespan }) => makespan.mean);
    // The same fifty times: one after the other, and the longest of them.
    expect((one ?? 0) / 50_000).toBeGreaterThan(0.8);
    expect(all).toBeLessThan((one ?? 0) / 10);
  });

  it('ends when it is interrupted', async () => {
    const reason = new Error('enough');
    const planned = planRuns(updates, plan, { signal: AbortSignal.abort(reason) });
    await expect(planned).rejects.toBe(reason);
  });
});
