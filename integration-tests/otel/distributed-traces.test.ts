/** One trace from the request that starts a run, over who schedules it, to who calls its actions. */
import { trace } from '@opentelemetry/api';
import { waitChannel, watchWaits } from '@runafter/clock';
import { type Flow, start, workflow } from '@runafter/core';
import { redisLock } from '@runafter/redis';
import { expect, it, onTestFinished } from 'vitest';
import { fleetOn } from '../bullmq/fleet.ts';
import { onService } from '../services/on-service.ts';
import { TracedProcess } from './traced-process.ts';

await onService('redis', ({ url, prefix }) => {
  it('an action that another process calls stands below its attempt, and the run below who started it', async () => {
    const [web, scheduler, worker] = [
      new TracedProcess(),
      new TracedProcess(),
      new TracedProcess(),
    ];
    const flow = workflow('Order', (flow: Flow<number>) =>
      flow.action('Bill', ({ input }) => {
        worker.tracers.getTracer('http').startSpan('POST /bills').end();
        return [input, trace.getActiveSpan()?.spanContext().spanId];
      }),
    );
    const fleet = fleetOn(url, prefix);
    const own = { telemetry: scheduler.telemetry };
    await fleet.work([flow], { eager: false, actions: 0 }, own);
    await fleet.work([flow], { runs: 0 }, { telemetry: worker.telemetry });
    const starter = fleet.open([flow], { telemetry: web.telemetry });

    const run = await web.tracers
      .getTracer('http')
      .startActiveSpan('POST /orders', async (span) => {
        const started = await starter.start(flow, 7);
        span.end();
        return started;
      });
    const result = await run.finished;

    const [order, attempt, call, post] = [
      scheduler.span('run Order'),
      scheduler.span('attempt Bill'),
      worker.span('call Bill'),
      worker.span('POST /bills'),
    ];
    expect(result).toMatchObject({ outputs: [7, call.spanContext().spanId] });
    const parents = [order, call, post].map(({ parentSpanContext }) => parentSpanContext?.spanId);
    expect(parents).toEqual(
      [web.span('POST /orders'), attempt, call].map((span) => span.spanContext().spanId),
    );
    const { traceId } = web.span('POST /orders').spanContext();
    for (const span of [order, attempt, call, post])
      expect(span.spanContext()).toMatchObject({ traceId });
    expect(call.attributes).toMatchObject({
      'messaging.system': 'bullmq',
      'messaging.operation.type': 'process',
      'runafter.action.address': 'Bill',
    });
  });

  it('the wait for a lock on a server is a span of the attempt that waits', async () => {
    const here = new TracedProcess();
    const [mine, others] = [0, 1].map(() => redisLock(url, { prefix: `${prefix}otel:` }));
    onTestFinished(async () => {
      await Promise.all([mine?.close(), others?.close()]);
    });
    const held = await others?.acquire('invoice-42');
    const flow = workflow('Invoice', (flow) =>
      flow.action('Close', async ({ signal }) => {
        const lease = await mine?.acquire('invoice-42', { signal });
        await lease?.release();
      }),
    );
    const waiting: string[] = [];
    const stop = watchWaits(({ name }) => {
      waiting.push(name);
      return undefined;
    });
    const run = start(flow, undefined, { telemetry: here.telemetry });
    await expect.poll(() => waiting, { timeout: 20_000 }).toEqual(['invoice-42']);
    stop();
    await held?.release();
    await run.finished;
    const wait = here.span('wait lock');
    expect(wait.attributes).toMatchObject({ 'runafter.wait.name': 'invoice-42' });
    expect(wait.parentSpanContext?.spanId).toBe(here.span('attempt Close').spanContext().spanId);
    expect(waitChannel.hasSubscribers).toBe(false);
  });
});
