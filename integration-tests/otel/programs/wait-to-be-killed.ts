/**
 * Begins a run in a database, says the trace that it is in, and waits inside of its second action.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { start } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { TracedProcess } from '../traced-process.ts';
import { twoSteps } from '../two-steps.ts';

const { database } = JSON.parse(String(process.argv[2])) as { database: string };
const store = sqliteRunStore(database);
const { telemetry } = new TracedProcess();
const flow = twoSteps(async () => {
  console.log(JSON.stringify(trace.getActiveSpan()?.spanContext()));
  // A promise that nothing can settle would let the process end by itself.
  await setTimeout(600_000);
});
await start(flow, undefined, { store, runId: 'killed', lease: '500ms', telemetry }).finished;
