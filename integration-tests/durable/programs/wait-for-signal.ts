/**
 * Starts a run that waits for a signal, and does nothing else: neither closes its store nor exits.
 *
 * It says `waits` when all before the signal is done, then how the run has ended, or the code of the error that ended it here.
 * @module
 */
import { event, resume, start, workflow } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';

const { database, by } = JSON.parse(String(process.argv[2])) as {
  database: string;
  by: 'start' | 'resume' | 'suspend';
};

const approval = event<string>('approval');
const flow = workflow('Approve', (flow) => {
  const asked = flow.action('Ask', () => 'asked', {
    retry: { type: 'fixed', count: 1, interval: '1s' },
    timeout: '1h',
  });
  // Without a time-out, whose timer would keep the process alive as well.
  const given = flow.waitFor('Approval', [asked], approval);
  return flow.action('Act', [given], ([by]) => by);
});

const store = sqliteRunStore(database, { signalPoll: '20ms' });
try {
  const run =
    by === 'resume'
      ? await resume(flow, 'approval', { store })
      : start(flow, undefined, { store, runId: 'approval' });
  run.events.subscribe(({ type }) => {
    if (type === 'action.ended') console.log('waits');
  });
  if (by === 'suspend') run.events.subscribe(() => void run.suspend());
  const { status } = await run.finished;
  console.log(status);
} catch (error) {
  console.log((error as { code?: string }).code);
}
