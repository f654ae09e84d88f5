/**
 * Spans and metrics of runs, handlers and waits, with OpenTelemetry.
 * @module
 */
export { type TelemetryOptions, telemetry } from './telemetry.ts';
