/** Short ways to write what the tests of the run store write most. */
import type { NewRun, OutcomeEntry, RunStore, Writer } from '@runafter/core';

export async function createRun(store: RunStore, runId: string, input = '{}'): Promise<Writer> {
  const run: NewRun = {
    runId,
    workflow: 'Fulfil_Order',
    definition: '{}',
    input,
    keyRoot: runId,
    startTime: 1,
  };
  const created = await store.createRun(run, { holder: 'test', ttl: 60_000 });
  return { runId, token: created.state === 'created' ? created.token : 0 };
}

export function outcome(frame: string, key: string | number, outputs = '{}'): OutcomeEntry {
  return {
    outcome: { frame, key, status: 'Succeeded', attempt: 1, outputs, startTime: 1, endTime: 2 },
  };
}
