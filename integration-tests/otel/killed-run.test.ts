/** The trace of a run whose process was killed is found from the one that goes on with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpanContext } from '@opentelemetry/api';
import { resume } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { killPrograms, Program } from '../durable/program.ts';
import { TracedProcess } from './traced-process.ts';
import { twoSteps } from './two-steps.ts';

afterAll(killPrograms);

it('a run that goes on after SIGKILL is linked to the trace of the process that was killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-otel-'));
  const database = join(folder, 'runs.db');
  const program = new Program(new URL('programs/wait-to-be-killed.ts', import.meta.url), {
    database,
  });
  await expect.poll(() => program.said.length, { timeout: 20_000 }).toBe(1);
  process.kill(program.pid, 'SIGKILL');
  await program.ended;

  const store = sqliteRunStore(database);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const here = new TracedProcess();
  const flow = twoSteps(async () => undefined);
  const { telemetry } = here;
  const run = await resume(flow, 'killed', { store, telemetry, wait: '20s' });
  await run.finished;

  const killed = JSON.parse(program.said[0] ?? '') as SpanContext;
  const span = here.span('run Two_Steps');
  expect(span.links.map(({ context }) => context.traceId)).toEqual([killed.traceId]);
  expect(span.spanContext().traceId).not.toBe(killed.traceId);
  const names = here.spans.map(({ name }) => name);
  expect(names, 'what had ended is not done again').toEqual([
    ...['attempt Second', 'action Second', 'run Two_Steps'],
  ]);
});
