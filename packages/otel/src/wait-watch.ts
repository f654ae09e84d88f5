/**
 * Waits as spans of whoever waits, and as a metric.
 *
 * Invariant: the channel of waits is listened to while something is watched, and not a moment longer. What
 * waits outside of runs is not told.
 * @module
 */
import { type Context, context, createContextKey, type Tracer, trace } from '@opentelemetry/api';
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

const waiterKey = createContextKey('runafter waiter');

/** A context in which waits are those of `waiter`. */
export function withWaiter(around: Context, waiter: Waiter): Context {
  return around.setValue(waiterKey, waiter);
}

export class WaitWatch {
  readonly #instruments: Instruments;
  #watched = 0;
  #stop: (() => void) | undefined;

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
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
  }

  #note({ kind, name }: WaitContext): ((error: unknown) => void) | undefined {
    const around = context.active();
    const waiter = around.getValue(waiterKey) as Waiter | undefined;
    if (waiter === undefined) return undefined;
    const { clock, workflow, tracer } = waiter;
    const startTime = clock.now();
    const attributes = { [names.waitKind]: kind, [names.waitName]: name };
    const isRecorded = trace.getSpan(around)?.isRecording() ?? false;
    const span = isRecorded
      ? tracer()?.startSpan(`wait ${kind}`, { attributes, startTime }, around)
      : undefined;
    return (error) => {
      const endTime = clock.now();
      if (error !== undefined && span !== undefined) recordFailure(span, error, endTime);
      span?.end(endTime);
      this.#instruments.waitDuration.record((endTime - startTime) / 1_000, {
        [names.workflow]: workflow,
        [names.waitKind]: kind,
      });
    };
  }
}
