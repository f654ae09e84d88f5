/**
 * Waits as spans of whoever waits, and as a metric.
 *
 * Invariant: the channel of waits is listened to while something is watched, and not a moment longer: a wait
 * that goes on then, of a handler that was left behind or has just been told to stop, ends with it. What
 * waits outside of runs is not told.
 * @module
 */
import {
  type Context,
  context,
  createContextKey,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type Clock, type WaitContext, watchWaits } from '@runafter/clock';
import { names } from './attribute-names.ts';
import { recordFailure } from './failures.ts';
import type { Instruments } from './instruments.ts';

/** Who waits. */
export interface Waiter {
  readonly workflow: string;
  readonly clock: Clock;
  /** For the spans of waits; undefined where there are too many spans already. */
  readonly tracer: () => Tracer | undefined;
}

interface HeardWaiter extends Waiter {
  /** Of several telemetries one tells of a wait: the innermost. */
  readonly heardBy: WaitWatch;
}

const waiterKey = createContextKey('runafter waiter');
const secureKey = createContextKey('runafter secure');

/** A context in which waits have no name, and their errors no message: either may quote a secure value. */
export function withoutWords(around: Context): Context {
  return around.setValue(secureKey, true);
}

export class WaitWatch {
  readonly #instruments: Instruments;
  #watched = 0;
  #stop: (() => void) | undefined;
  /** Ends the waits that go on. */
  readonly #open = new Set<(error: unknown) => void>();

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
  }

  /** A context in which waits are those of `waiter`. */
  with(around: Context, waiter: Waiter): Context {
    const heard: HeardWaiter = { ...waiter, heardBy: this };
    return around.setValue(waiterKey, heard);
  }

  enter(): void {
    this.#watched++;
    this.#stop ??= watchWaits((wait) => this.#note(wait));
  }

  leave(): void {
    this.#watched--;
    if (this.#watched > 0) return;
    this.#stop?.();
    this.#stop = undefined;
    for (const end of this.#open) end(undefined);
  }

  #note({ kind, name }: WaitContext): ((error: unknown) => void) | undefined {
    const around = context.active();
    const waiter = around.getValue(waiterKey) as HeardWaiter | undefined;
    if (waiter?.heardBy !== this) return undefined;
    const { clock, workflow, tracer } = waiter;
    const startTime = clock.now();
    const isSecure = around.getValue(secureKey) === true;
    const attributes = { [names.waitKind]: kind, ...(!isSecure && { [names.waitName]: name }) };
    const isRecorded = trace.getSpan(around)?.isRecording() ?? false;
    const span = isRecorded
      ? tracer()?.startSpan(`wait ${kind}`, { attributes, startTime }, around)
      : undefined;
    const end = (error: unknown): void => {
      this.#open.delete(end);
      // A clock may be set back.
      const endTime = Math.max(startTime, clock.now());
      if (error !== undefined && span !== undefined) recordWhy(span, error, endTime, isSecure);
      span?.end(endTime);
      this.#instruments.waitDuration.record((endTime - startTime) / 1_000, {
        [names.workflow]: workflow,
        [names.waitKind]: kind,
      });
    };
    this.#open.add(end);
    return end;
  }
}

/** Why a wait has ended with nothing. */
function recordWhy(span: Span, error: unknown, time: number, isSecure: boolean): void {
  if (isSecure) span.setStatus({ code: SpanStatusCode.ERROR });
  else recordFailure(span, error, time);
}
