/**
 * The telemetry of one run: who watches it, and what they have to hand on.
 * Read next: ports/telemetry.ts, what is promised to whom.
 * @module
 */
import type { Carrier, ObservedAttempt, RunObserver, Telemetry } from '../ports/telemetry.ts';
import type { ActionState } from './action-state.ts';
import type { RunEngine } from './run-engine.ts';
import { calledWithin, guarded, joined } from './telemetry-guard.ts';

export class RunTelemetry {
  readonly #telemetries: readonly Telemetry[];
  #observers: readonly RunObserver[] = [];

  constructor(telemetries: readonly Telemetry[]) {
    this.#telemetries = telemetries;
  }

  /** Called once, before the first event. */
  begin(run: RunEngine): void {
    const { clock, journal, id: runId } = run;
    const { name: workflow, version } = run.workflow;
    const observed = {
      ...{ runId, workflow, version, clock },
      isResumed: journal?.mayKnow(run.root.frame) ?? false,
      earlier: journal?.progress(run)?.carrier,
      caller: undefined,
    };
    this.#observers = this.#telemetries.flatMap(
      (telemetry) => guarded(() => telemetry.observeRun(observed)) ?? [],
    );
    for (const observer of this.#observers) {
      if (guarded(() => observer.onEvent) === undefined) continue;
      run.events.subscribe((event) => guarded(() => observer.onEvent?.(event)));
    }
    const carrier = joined(this.#observers, (observer) => observer.carrier);
    if (carrier !== undefined) void journal?.save(run, { carrier });
  }

  /** Calls something of an attempt in the context of whoever watches. */
  within<T>(state: ActionState, attempt: number, call: () => T): T {
    const observed = observedAttempt(state, attempt);
    const withins = this.#observers.map(
      (observer) =>
        <R>(inner: () => R): R =>
          observer.within === undefined ? inner() : observer.within(observed, inner),
    );
    return calledWithin(withins, call);
  }

  /** What goes with an attempt to another process. */
  carrierOf(state: ActionState, attempt: number): Carrier | undefined {
    const observed = observedAttempt(state, attempt);
    return joined(this.#observers, (observer) => observer.carrierOf?.(observed));
  }
}

function observedAttempt(state: ActionState, attempt: number): ObservedAttempt {
  const { frame, path, fullPath, node } = state;
  const isSecure = node.secureInputs || node.secureOutputs;
  return { runId: frame.owner.run.id, path, fullPath, attempt, isSecure };
}
