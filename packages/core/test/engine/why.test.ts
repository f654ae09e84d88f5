/**
 * `run.why()`: which leaf decided the status, and by which chain; and the failures that did not.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { failed, type Run, settled, start, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('why', () => {
  it('names the leaf that failed, and its error', async () => {
    const why = await whyOf(
      workflow('Order', (flow) => {
        flow.action('Good', () => 1);
        flow.action('Create_CRM_Record', () => {
          throw Object.assign(new Error('CRM is down.'), { code: 'HTTP_503' });
        });
      }),
    );

    expect(why).toEqual({
      status: 'Failed',
      text:
        'Run of "Order" ended Failed because of its leaf "Create_CRM_Record" (Failed).\n' +
        '  "Create_CRM_Record" ended Failed: CRM is down.',
      chain: [
        {
          path: 'Create_CRM_Record',
          status: 'Failed',
          code: 'HTTP_503',
          because: '"Create_CRM_Record" ended Failed: CRM is down.',
        },
      ],
    });
  });

  it('explains the fork that fails a run although the failure was handled', async () => {
    const run = await finish(
      workflow('Order', (flow) => {
        const a = flow.action('A', () => {
          throw new Error('CRM is down.');
        });
        flow.action('OK', [a], () => 1);
        flow.action('Err', [failed(a)], () => 1);
      }),
    );

    expect(run.status).toBe('Failed');
    expect(run.why().chain.map(({ path, status }) => [path, status])).toEqual([
      ['OK', 'Skipped'],
      ['A', 'Failed'],
    ]);
    expect(run.why().text).toBe(
      'Run of "Order" ended Failed because of its leaf "OK" (Skipped).\n' +
        '  "OK" was skipped and takes the status of what it waited for: "A" ended Failed.\n' +
        '    "A" ended Failed: CRM is down.',
    );
  });

  it('goes down into scopes, loops, branches and child workflows to the first cause', async () => {
    const child = workflow('Notify', (flow) => {
      flow.action('Mail', () => {
        throw new Error('The mailbox is full.');
      });
    });
    const why = await whyOf(
      workflow('Order', (flow) => {
        flow.scope('Everything', [], (scope) => {
          scope.forEach(
            'Customers',
            [],
            () => ['a', 'b'],
            (each) => {
              each.condition('Wants_Mail', [each.item], ([item]) => item === 'b', {
                then: (then) => {
                  then.child('Tell', [], child, () => undefined);
                },
              });
            },
          );
        });
      }),
    );

    expect(why.chain.map(({ path }) => path)).toEqual([
      'Everything',
      'Everything/Customers',
      'Everything/Customers[1]/Wants_Mail',
      'Everything/Customers[1]/Wants_Mail/then',
      'Everything/Customers[1]/Wants_Mail/then/Tell',
      'Everything/Customers[1]/Wants_Mail/then/Tell/Mail',
    ]);
    expect(why.chain.at(-1)?.because).toBe(
      '"Everything/Customers[1]/Wants_Mail/then/Tell/Mail" ended Failed: The mailbox is full.',
    );
    expect(why.text.split('\n')).toHaveLength(7);
  });

  it('is calm about a run that Succeeded, also when failures were handled', async () => {
    const run = await finish(
      workflow('Order', (flow) => {
        const teams = flow.action('Post_Teams_Notification', () => {
          throw new Error('Teams is down.');
        });
        flow.action('Close', [settled(teams)], () => 1);
      }),
    );

    expect(run.why()).toEqual({
      status: 'Succeeded',
      text: 'Run of "Order" Succeeded: none of its leaves is failing.',
      chain: [],
    });
    expect((await run.finished).handledFailures).toEqual([
      {
        path: 'Post_Teams_Notification',
        status: 'Failed',
        error: { code: 'UNKNOWN_ERROR', message: 'Teams is down.' },
      },
    ]);
  });

  it('tells what failed in a run that Succeeded, and why it did not fail the run', async () => {
    const why = await whyOf(
      workflow('Order', (flow) => {
        flow.action('Mail', fail, { criticality: 'important' });
        flow.scope(
          'Tell',
          [],
          (scope) => void scope.action('Chat', fail, { criticality: 'optional' }),
        );
      }),
    );

    expect(why.chain).toEqual([]);
    expect(why.text).toBe(
      'Run of "Order" Succeeded: none of its leaves is failing.\n' +
        '  "Mail" is important, so that it ended Failed is flagged for review: It is down.\n' +
        '  "Tell/Chat" is optional, so that it ended Failed is only recorded: It is down.',
    );
  });

  it('says that a leaf was critical where others were not', async () => {
    const why = await whyOf(
      workflow('Order', (flow) => {
        flow.action('Mail', fail, { criticality: 'important' });
        flow.action('Book', fail);
      }),
    );

    expect(why.text).toBe(
      'Run of "Order" ended Failed because of its leaf "Book" (Failed).\n' +
        '  "Book" is critical and ended Failed: It is down.',
    );
  });

  it('says who cancelled, terminated or timed out a run', async () => {
    const clock = virtualClock();
    const long = workflow(
      'Long',
      (flow) => {
        flow.delay('Wait', [], '1h');
      },
      { timeout: '1m' },
    );
    const cancelled = start(long, undefined, { clock });
    cancelled.cancel('the office is closed');
    const late = start(long, undefined, { clock });
    await clock.advance('1m');
    const terminated = await finish(
      workflow('Check', (flow) => {
        flow.terminate('Stop', [], 'Failed', { code: 'FRAUD', message: 'Fraud was found.' });
      }),
    );

    expect(cancelled.why()).toEqual({
      status: 'Cancelled',
      text: 'Run of "Long" ended Cancelled. The run was cancelled: the office is closed',
      chain: [],
    });
    expect(late.why().text).toBe(
      'Run of "Long" ended TimedOut. Workflow "Long" took longer than its timeout allows.',
    );
    expect(terminated.why().text).toBe('Run of "Check" ended Failed. Fraud was found.');
  });

  it('says that a run goes on', () => {
    const run = start(
      workflow('Order', (flow) => {
        flow.delay('Wait', [], '1h');
      }),
      undefined,
      { clock: virtualClock() },
    );

    expect(run.why()).toEqual({
      status: undefined,
      text: 'Run of "Order" is still running.',
      chain: [],
    });
    run.cancel();
  });

  it('and the error of the run name the same cause', async () => {
    const run = await finish(
      workflow('Order', (flow) => {
        flow.scope('Notify', [], (scope) => {
          scope.action('Mail', () => {
            throw Object.assign(new Error('Too many.'), { status: 429 });
          });
        });
      }),
    );

    expect(await run.finished).toMatchObject({
      status: 'Failed',
      error: { code: 'HTTP_429', message: '"Notify/Mail" ended Failed: Too many.' },
    });
    expect(run.result('Notify')?.error).toMatchObject({ code: 'HTTP_429' });
  });
});

function fail(): never {
  throw new Error('It is down.');
}

async function finish(flow: Workflow<void, unknown>): Promise<Run<unknown>> {
  const run = start(flow, undefined, { clock: virtualClock({ autoAdvance: true }) });
  await run.finished;
  return run;
}

async function whyOf(flow: Workflow<void, unknown>) {
  return (await finish(flow)).why();
}
