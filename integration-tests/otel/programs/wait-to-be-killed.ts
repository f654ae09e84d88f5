/**
 * Begins a run in a database, says the trace that it is in, and waits inside of its second action.
 * @module
 */
import { trace } from '@opentelemetry/api';
import { start } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { TracedProcess } from '../traced-process.ts';
import { twoSteps } from '../two-steps.ts';

const { database } = JSON.parse(String(process.argv[2])) as { database: string };
const store = sqliteRunStore(database);
const { telemetry } = new TracedProcess();
const never = new Promise(() => undefined);
const flow = twoSteps(async () => {
  console.log(JSON.stringify(trace.getActiveSpan()?.spanContext()));
  await never;
});
await start(flow, undefined, { store, runId: 'killed', lease: '500ms', telemetry }).finished;
