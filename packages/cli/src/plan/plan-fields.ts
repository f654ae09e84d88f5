/**
 * How the fields of a plan are checked.
 * @module
 */
import { parseDuration } from '@runafter/clock';
import { didYouMean, toFault } from '@runafter/errors';
import type { Distribution } from './known-facts.ts';
import type { PlannedDuration } from './plan.ts';
import { PlanError } from './plan-errors.ts';

/** @throws {PlanError} `PLAN_INVALID`: not an object, or a field that nobody reads. */
export function checkFields(place: string, value: object, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PlanError(place, `is ${show(value)}. Write an object.`);
  }
  const unknown = Object.keys(value).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  const hint = `${didYouMean(unknown, known)} Known are ${known.join(', ')}.`;
  throw new PlanError(`${place}.${unknown}`, `is no field of a plan here.${hint}`);
}

/** @throws {PlanError} `PLAN_INVALID`: it is no whole number, or less than `least`. */
export function countIn(place: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw new PlanError(place, `is ${show(value)}. Write a whole number of at least ${least}.`);
}

/** @throws {PlanError} `PLAN_INVALID`: it is no number from 0 to 1. */
export function shareIn(place: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new PlanError(place, `is ${show(value)}. Write a number from 0 to 1.`);
}

/** How far a time spreads that is known by its mean alone. */
const usualSigma = 0.3;

/** 95 % of a normal distribution are below so many standard deviations above its mean. */
const z95 = 1.6449;

/** @throws {PlanError} `PLAN_INVALID` */
export function durationIn(place: string, planned: PlannedDuration): Distribution {
  if (typeof planned !== 'object' || planned === null) {
    return { mean: millisecondsIn(place, planned), sigma: 0 };
  }
  if ('median' in planned) {
    checkFields(place, planned, ['median', 'p95']);
    const median = millisecondsIn(`${place}.median`, planned.median);
    const p95 = millisecondsIn(`${place}.p95`, planned.p95);
    if (p95 < median)
      throw new PlanError(`${place}.p95`, 'is below the median. Write at least as much.');
    const sigma = median === 0 ? 0 : Math.log(p95 / median) / z95;
    return { mean: median * Math.exp(sigma ** 2 / 2), sigma };
  }
  checkFields(place, planned, ['mean', 'sigma']);
  const { sigma = usualSigma } = planned;
  if (!(Number.isFinite(sigma) && sigma >= 0)) {
    throw new PlanError(`${place}.sigma`, `is ${show(sigma)}. Write a number of at least 0.`);
  }
  return { mean: millisecondsIn(`${place}.mean`, planned.mean), sigma };
}

function millisecondsIn(place: string, value: unknown): number {
  try {
    return parseDuration(value as string);
  } catch (error) {
    const problem = `is ${show(value)}, which is no duration. ${toFault(error).message}`;
    throw new PlanError(place, problem, { cause: error });
  }
}

/** A value for a message. */
export function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
