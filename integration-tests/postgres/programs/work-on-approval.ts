/**
 * Starts or resumes a run in the database of TEST_POSTGRES_URL that waits for a signal; neither closes its
 * store nor exits. Says each handler that is called, `waits` when all before the signal is done, and how the
 * run ended.
 */
import { event, resume, start, workflow } from '@runafter/core';
import { postgresRunStore } from '@runafter/postgres';

const { by, runId } = JSON.parse(String(process.argv[2])) as {
  by: 'start' | 'resume';
  runId: string;
};

const approval = event<string>('approval');
const flow = workflow('Approve', (flow) => {
  const asked = flow.action('Ask', () => {
    console.log('Ask');
    return 'asked';
  });
  const given = flow.waitFor('Approval', [asked], approval);
  return flow.action('Act', [given], ([by]) => {
    console.log(`Act for ${by}`);
    return by;
  });
});

const store = postgresRunStore(process.env.TEST_POSTGRES_URL ?? '', { signalPoll: '20ms' });
const options = { store, lease: '1s' } as const;
const run =
  by === 'start'
    ? start(flow, undefined, { ...options, runId })
    : await resume(flow, runId, options);
if (by === 'resume') console.log('resumed');
const { status } = await run.finished;
console.log(status);
