/**
 * The metrics. Their attributes are the name of a workflow, an address in its definition, a status, a kind of
 * wait and the type of an error: never what a run, an item or a lock is called.
 * @module
 */
import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api';
import { ErrorTypes } from './error-types.ts';

/** Seconds: from what a function takes to what a night takes. */
const boundaries = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400];

export class Instruments {
  readonly runDuration: Histogram;
  readonly activeRuns: UpDownCounter;
  readonly actionDuration: Histogram;
  readonly activeHandlers: UpDownCounter;
  readonly attempts: Counter;
  readonly retries: Counter;
  readonly throttled: Counter;
  readonly skipped: Counter;
  readonly waitDuration: Histogram;
  readonly errorTypes: ErrorTypes = new ErrorTypes();

  constructor(meter: Meter) {
    const duration = (name: string, description: string): Histogram =>
      meter.createHistogram(name, {
        ...{ unit: 's', description },
        advice: { explicitBucketBoundaries: boundaries },
      });
    const counter = (name: string, unit: string, description: string): Counter =>
      meter.createCounter(name, { unit, description });
    const active = (name: string, unit: string, description: string): UpDownCounter =>
      meter.createUpDownCounter(name, { unit, description });
    this.runDuration = duration('runafter.run.duration', 'From the start of a run to its end.');
    this.activeRuns = active('runafter.run.active', '{run}', 'Runs that this process works on.');
    this.actionDuration = duration(
      'runafter.action.duration',
      'From the start of an action or container to its end, retries included.',
    );
    this.activeHandlers = active('runafter.handler.active', '{handler}', 'Handlers at work here.');
    this.attempts = counter('runafter.attempts', '{attempt}', 'Attempts that have ended.');
    this.retries = counter('runafter.retries', '{retry}', 'Attempts that another one follows.');
    this.throttled = counter(
      'runafter.throttled',
      '{attempt}',
      'Attempts that were refused for being one too many, such as with HTTP 429.',
    );
    this.skipped = counter('runafter.skipped', '{action}', 'Actions and containers not run.');
    this.waitDuration = duration('runafter.wait.duration', 'What handlers waited for.');
  }
}

/** An instrument that goes up and down, for what begins and ends. */
export function begun(active: UpDownCounter, attributes: Attributes): () => void {
  active.add(1, attributes);
  return () => active.add(-1, attributes);
}
