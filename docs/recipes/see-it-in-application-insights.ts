/**
 * See it in Application Insights: a nightly import as a tree of spans, without a line in its handlers.
 *
 * Runs offline: spans and metrics are kept in memory, and looked at here. What sends them to Azure is in
 * the page, docs/cookbook/see-it-in-application-insights.md.
 * @module
 */
import assert from 'node:assert/strict';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { concurrencyLimiter, fixed, isThrottled, virtualClock } from '@runafter/clock';
import { type Flow, start, workflow } from '@runafter/core';
import { telemetry } from '@runafter/otel';

const clock = virtualClock();

// What Azure Monitor's distribution does in production: a context manager, and somebody who takes the spans.
const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const http = provider.getTracer('http');

/** The service: refuses every fifth call for being one too many, and takes half a second for the others. */
let calls = 0;
async function post(lead: number): Promise<number> {
  const span = http.startSpan('POST');
  try {
    await clock.sleep('500ms');
    if (++calls % 5 === 0) throw Object.assign(new Error('Too many requests.'), { status: 429 });
    return lead;
  } finally {
    span.end();
  }
}

// #region workflow
const crm = concurrencyLimiter(2, { name: 'crm' });

const importLeads = workflow('Import_Leads', (flow: Flow<readonly number[]>) =>
  flow.forEach(
    'Leads',
    [],
    (_, { input }) => input,
    (each) =>
      each.action('Push', ({ item }) => post(item), {
        limiter: crm,
        retry: fixed({ count: 3, interval: '2s', when: isThrottled }),
      }),
    { concurrency: 10 },
  ),
);
// #endregion

const leads = Array.from({ length: 20 }, (_, lead) => lead);
const tracer = provider.getTracer('recipe');
const watched = { telemetry: telemetry({ tracer }), runId: 'import-2026-11-22', clock };
// #region start
const run = start(importLeads, leads, watched);
// #endregion
await clock.advance('1h');
const { status } = await run.finished;
assert.equal(status, 'Succeeded', run.why().text);

const spans = exporter.getFinishedSpans();
const named = (name: string) => spans.filter((span) => span.name === name);
assert.equal(named('action Leads/Push').length, 20);
// What an instrumented client does stands below the attempt that called it.
assert.equal(named('POST').length, named('attempt Leads/Push').length);
// Every refused attempt failed with the code of its status, and the action was tried again.
const refused = named('attempt Leads/Push').filter(
  ({ attributes }) => attributes['error.type'] === 'HTTP_429',
);
assert.ok(refused.length > 0);
// The wait for the limiter is there, too.
assert.ok(named('wait throttle').length > 0);
console.log(
  `${spans.length} spans, ${refused.length} attempts were refused for being one too many.`,
);

await provider.shutdown();
context.disable();
