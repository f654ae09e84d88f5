/**
 * The services of a plan: named limits, limits of one's own, or both.
 * @module
 */
import { noRetry, parseRetryPolicy, seededRandom } from '@runafter/clock';
import { didYouMean, toFault } from '@runafter/errors';
import { connectorLimits } from '@runafter/throttle';
import { type ServiceModelOptions, serviceModel } from '@runafter/throttle/model';
import type { KnownConnector } from './known-facts.ts';
import type { PlannedConnector } from './plan.ts';
import { PlanError } from './plan-errors.ts';
import { checkFields, show } from './plan-fields.ts';

const fields: readonly string[] = [
  ...['limits', 'retry', 'rate', 'concurrency', 'slots', 'contention'],
  ...['retryAfter', 'refusalTime', 'refusalCost'],
];

const names = Object.keys(connectorLimits) as (keyof typeof connectorLimits)[];

/** @throws {PlanError} `PLAN_INVALID` */
export function readConnector(
  name: string,
  planned: string | PlannedConnector,
  place = `connectors[${JSON.stringify(name)}]`,
): KnownConnector {
  if (typeof planned === 'string') return readConnector(name, { limits: planned }, place);
  checkFields(place, planned, fields);
  const { limits, retry = noRetry, ...own } = planned;
  const service = { ...(limits === undefined ? {} : limitsOf(limits, place)), ...own };
  try {
    // What makes no sense is refused when a service is made; this one is never called.
    serviceModel(service, seededRandom(0));
    return { service, retry: parseRetryPolicy(retry, 'retry') };
  } catch (error) {
    throw new PlanError(place, `makes no sense. ${toFault(error).message}`, { cause: error });
  }
}

/** Whether throttle knows limits of that name, whatever its case. */
export function isKnownLimit(name: string): boolean {
  return nameOf(name) !== undefined;
}

/**
 * What has a rate refuses what is too much; of what has only a number at once, such as a database, callers keep a
 * pool of connections, and wait for one.
 */
function limitsOf(name: string, place: string): ServiceModelOptions {
  const known = nameOf(name);
  if (known === undefined) {
    const hint = `${didYouMean(name, names)} There are ${names.join(', ')}.`;
    throw new PlanError(place, `names the limits ${show(name)}, which are not known.${hint}`);
  }
  const limits = connectorLimits[known];
  if (!('calls' in limits)) return { slots: limits.concurrency };
  const { calls, per, model, burst, concurrency } = limits;
  return { rate: { calls, per, model, burst }, concurrency };
}

function nameOf(name: string): (typeof names)[number] | undefined {
  return names.find((known) => known.toLowerCase() === name.toLowerCase());
}
