/**
 * One run: its spans, its metrics, and what goes on to other processes.
 * Read next: run-spans.ts, run-counts.ts.
 * @module
 */
import {
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Carrier, ObservedAttempt, ObservedRun, RunEvent, RunObserver } from '@runafter/core';
import { names } from './attribute-names.ts';
import type { Instruments } from './instruments.ts';
import { RunCounts } from './run-counts.ts';
import { RunSpans } from './run-spans.ts';
import { type SpanBounds, type SpanPlace, SpanPlaces } from './span-places.ts';
import { carrierOf, spanContextOf } from './trace-carrier.ts';
import { type WaitWatch, withoutWords } from './wait-watch.ts';

/** What all runs of one telemetry share. */
export interface Shared {
  readonly tracer: Tracer;
  readonly instruments: Instruments;
  readonly bounds: SpanBounds;
  readonly waits: WaitWatch;
}

export class RunWatch implements RunObserver {
  readonly carrier: Carrier | undefined;
  readonly #runId: string;
  readonly #spans: RunSpans;
  readonly #counts: RunCounts;
  readonly #waits: WaitWatch;
  #isOver = false;

  constructor(run: ObservedRun, { tracer, instruments, bounds, waits }: Shared) {
    const places = new SpanPlaces(tracer, bounds);
    const root = rootOf(run, places, waits);
    this.carrier = carrierOf(root.span);
    this.#runId = run.runId;
    this.#spans = new RunSpans(run.runId, root, places);
    this.#counts = new RunCounts(instruments);
    this.#waits = waits;
    waits.enter();
  }

  carrierOf({ runId, path }: ObservedAttempt): Carrier | undefined {
    return carrierOf(trace.getSpan(this.#spans.placeOf(runId, path).context));
  }

  within<T>(attempt: ObservedAttempt, call: () => T): T {
    this.#counts.called(attempt);
    const { runId, path, isSecure } = attempt;
    const { context: around } = this.#spans.placeOf(runId, path);
    return context.with(isSecure ? withoutWords(around) : around, call);
  }

  onEvent(event: RunEvent): void {
    // Handlers that were told to stop settle after the run was left: their spans have ended.
    if (this.#isOver) return;
    this.#counts.onEvent(event);
    const isOwn = event.runId === this.#runId;
    if (isOwn && event.type === 'run.ended') this.#spans.end(event);
    else if (isOwn && event.type === 'run.left') this.#spans.leave(event);
    else {
      this.#spans.onEvent(event);
      return;
    }
    this.#isOver = true;
    this.#counts.close();
    this.#waits.leave();
  }
}

function rootOf(run: ObservedRun, places: SpanPlaces, waits: WaitWatch): SpanPlace {
  const { workflow, version, runId, clock, isResumed } = run;
  const { around, links } = originOf(run);
  const tracer = (): Tracer | undefined => places.takeTracer();
  const span = tracer()?.startSpan(
    `run ${workflow}`,
    {
      ...{ links, startTime: clock.now() },
      attributes: {
        [names.workflow]: workflow,
        ...(version !== undefined && { [names.version]: version }),
        [names.runId]: runId,
        ...(isResumed && { [names.resumed]: true }),
      },
    },
    around,
  );
  const own = span === undefined ? around : trace.setSpan(around, span);
  return { span, context: waits.with(own, { workflow, clock, tracer }), iterations: 0 };
}

/**
 * A run stands below whoever started it. One that goes on has a trace of its own, which is linked to the one
 * before: hours may lie between the two, and the span before may never have ended.
 */
function originOf({ caller, earlier, isResumed }: ObservedRun): { around: Context; links: Link[] } {
  const active = context.active();
  const [sender, before] = [spanContextOf(caller), spanContextOf(earlier)];
  const around =
    sender === undefined || isResumed ? active : trace.setSpanContext(ROOT_CONTEXT, sender);
  const linked = isResumed ? [before, sender] : [before];
  return {
    around,
    links: linked.flatMap((context) => (context === undefined ? [] : { context })),
  };
}
