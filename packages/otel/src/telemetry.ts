/**
 * `telemetry()`: what is passed to a run, or to a distribution, so that it is seen in OpenTelemetry.
 * Read next: run-watch.ts (one run), call-watch.ts (an action of another process's run), wait-watch.ts.
 * @module
 */
import { context, type Meter, metrics, type Tracer, trace } from '@opentelemetry/api';
import {
  type CallObserver,
  type Carrier,
  type ObservedCall,
  type ObservedRun,
  type RunObserver,
  RunOptionError,
  type Telemetry,
} from '@runafter/core';
import { watchCall } from './call-watch.ts';
import { Instruments } from './instruments.ts';
import { RunWatch, type Shared } from './run-watch.ts';
import { carrierOf } from './trace-carrier.ts';
import { WaitWatch } from './wait-watch.ts';

export interface TelemetryOptions {
  /** Default: that of the global tracer provider, named `@runafter/otel`. */
  readonly tracer?: Tracer;
  /** Default: that of the global meter provider, named `@runafter/otel`. */
  readonly meter?: Meter;
  /**
   * How many iterations of each loop have spans, with everything inside them: the first ones. Failures of the
   * others are events of the loop's span. A whole number, 0 for none, or Infinity. Default 100.
   */
  readonly iterationsPerLoop?: number;
  /** How many spans a run has at most: a whole number of at least 1, or Infinity. Default 10,000. */
  readonly spansPerRun?: number;
}

/**
 * Makes a Telemetry for OpenTelemetry. One can watch all runs of a process.
 *
 * A handler is called in the context of its attempt's span: `trace.getActiveSpan()` is that, and the spans of
 * an instrumented HTTP client stand below it. That needs a context manager, as every SDK for Node.js registers
 * one.
 *
 * @throws {RunOptionError} `RUN_OPTION_INVALID`: a bound that makes no sense.
 * @example
 * const otel = telemetry();
 * const run = start(fulfilOrder, order, { telemetry: otel });
 */
export function telemetry(options: TelemetryOptions = {}): Telemetry {
  return new OpenTelemetry(options);
}

const scope = '@runafter/otel';

class OpenTelemetry implements Telemetry {
  readonly #shared: Shared;

  constructor({ tracer, meter, iterationsPerLoop = 100, spansPerRun = 10_000 }: TelemetryOptions) {
    checkBound('iterationsPerLoop', iterationsPerLoop, 0);
    checkBound('spansPerRun', spansPerRun, 1);
    const instruments = new Instruments(meter ?? metrics.getMeter(scope));
    this.#shared = {
      tracer: tracer ?? trace.getTracer(scope),
      instruments,
      bounds: { iterationsPerLoop, spansPerRun },
      waits: new WaitWatch(instruments),
    };
  }

  observeRun(run: ObservedRun): RunObserver {
    return new RunWatch(run, this.#shared);
  }

  observeCall(call: ObservedCall): CallObserver {
    return watchCall(call, this.#shared);
  }

  caller(): Carrier | undefined {
    return carrierOf(trace.getSpan(context.active()));
  }
}

function checkBound(option: string, value: number, least: number): void {
  const isWhole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
  if (isWhole && value >= least) return;
  const problem = `is ${String(value)}. Pass a whole number of at least ${least}, or Infinity.`;
  throw new RunOptionError(option, value, problem);
}
