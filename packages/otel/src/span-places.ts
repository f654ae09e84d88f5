/**
 * The spans of one run that are open, by what they are of, and who is whose child.
 *
 * Invariant: bounded. Of each loop only the first iterations have spans, and a run has at most so many in all;
 * whatever is inside of what has none has none either, and its context says "not sampled" to others.
 * @module
 */
import {
  type Context,
  type Link,
  type Span,
  type SpanKind,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** An execution, an attempt or a run: its span, and the context of what runs in it. */
export interface SpanPlace {
  /** Undefined where it has none. */
  readonly span: Span | undefined;
  readonly context: Context;
  /** Of a loop: how many of its iterations have a span. */
  iterations: number;
}

export interface SpanBounds {
  readonly iterationsPerLoop: number;
  readonly spansPerRun: number;
}

export interface NewSpan extends Pick<SpanOptions, 'attributes'> {
  readonly name: string;
  readonly startTime: Date | number;
  readonly kind?: SpanKind;
  readonly links?: Link[];
}

export class SpanPlaces {
  readonly #tracer: Tracer;
  readonly #bounds: SpanBounds;
  readonly #open = new Map<string, SpanPlace>();
  #made = 0;

  constructor(tracer: Tracer, bounds: SpanBounds) {
    this.#tracer = tracer;
    this.#bounds = bounds;
  }

  at(key: string): SpanPlace | undefined {
    return this.#open.get(key);
  }

  /** Opens a place in another one, with a span unless that has none, or there are too many. */
  open(key: string, parent: SpanPlace, wanted: NewSpan): SpanPlace {
    const place = this.make(parent, wanted);
    this.#open.set(key, place);
    return place;
  }

  openIteration(key: string, loop: SpanPlace, wanted: NewSpan): SpanPlace {
    const isIn = loop.iterations < this.#bounds.iterationsPerLoop;
    if (isIn) loop.iterations++;
    const place = isIn ? this.make(loop, wanted) : without(loop);
    this.#open.set(key, place);
    return place;
  }

  /** One that nothing is inside of. */
  make(parent: SpanPlace, { name, ...options }: NewSpan): SpanPlace {
    const span = parent.span && this.takeTracer()?.startSpan(name, options, parent.context);
    if (span === undefined) return without(parent);
    return { span, context: trace.setSpan(parent.context, span), iterations: 0 };
  }

  /** For one span more; undefined where there are too many. */
  takeTracer(): Tracer | undefined {
    if (this.#made >= this.#bounds.spansPerRun) return undefined;
    this.#made++;
    return this.#tracer;
  }

  close(key: string): void {
    this.#open.delete(key);
  }

  /** Ends what is open still, with its run. */
  endAll(end: (span: Span) => void): void {
    for (const { span } of [...this.#open.values()].reverse()) if (span !== undefined) end(span);
    this.#open.clear();
  }
}

function without({ context }: SpanPlace): SpanPlace {
  return { span: undefined, context: unsampled(context), iterations: 0 };
}

/** In the trace, but for those who look whether they are to record. */
function unsampled(context: Context): Context {
  const around = trace.getSpanContext(context);
  if (around === undefined) return context;
  const span = trace.wrapSpanContext({ ...around, traceFlags: TraceFlags.NONE });
  return trace.setSpan(context, span);
}
