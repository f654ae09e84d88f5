/**
 * The telemetry of one attempt that is made for a run of another process.
 * Read next: ports/telemetry.ts.
 * @module
 */
import { calledWithin, guarded } from '../engine/telemetry-guard.ts';
import type { ActionCall } from '../ports/executor.ts';
import type { CallObserver, ObservedCall, Telemetry } from '../ports/telemetry.ts';
import type { ActionError } from '../result.ts';

export class CallTelemetry {
  readonly #observers: readonly CallObserver[];
  #hasEnded = false;

  constructor(
    telemetries: readonly Telemetry[],
    call: ActionCall,
    own: Pick<ObservedCall, 'runId' | 'path' | 'isSecure' | 'clock' | 'from'>,
  ) {
    const { workflow, version, address, path: fullPath, attempt, carrier } = call;
    const observed = { ...own, workflow, version, address, fullPath, attempt, carrier };
    this.#observers = telemetries.flatMap(
      (telemetry) => guarded(() => telemetry.observeCall?.(observed)) ?? [],
    );
  }

  /** Calls something of the attempt in the context of whoever watches. */
  within<T>(call: () => T): T {
    if (this.#observers.length === 0) return call();
    const withins = this.#observers.map(
      (observer) =>
        <R>(inner: () => R): R =>
          observer.within === undefined ? inner() : observer.within(inner),
    );
    return calledWithin(withins, call);
  }

  /** Once: a handler that was given up may still settle. */
  end(error: ActionError | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const observer of this.#observers) guarded(() => observer.onEnd?.(error));
  }
}
