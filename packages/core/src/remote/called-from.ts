/**
 * Telemetry of runs that were started in one process, and are scheduled by another.
 * @module
 */
import { joined } from '../engine/telemetry-guard.ts';
import type { Carrier, Telemetry } from '../ports/telemetry.ts';

/** What a start option takes. */
export type TelemetryOption = Telemetry | readonly Telemetry[];

/** Where a run comes from, for the process that will schedule it; undefined where there is nothing to say. */
export function callerOf(telemetry: TelemetryOption): Carrier | undefined {
  return joined([telemetry].flat(), (each) => each.caller?.());
}

/**
 * The same telemetry, for a run that comes from elsewhere.
 *
 * @param caller - what {@link callerOf} gave there.
 */
export function calledFrom(telemetry: TelemetryOption, caller: Carrier): readonly Telemetry[] {
  return [telemetry].flat().map((each) => ({
    observeRun: (run) => each.observeRun({ ...run, caller }),
  }));
}
