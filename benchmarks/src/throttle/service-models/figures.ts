/**
 * Jobs of many seeds in one figure, and the best that a fixed number of workers can do.
 * @module
 */
import { median } from '../../harness/statistics.ts';
import type { ServiceKind } from './service.ts';
import { type MakeStrategy, simulate } from './simulation.ts';
import { fixedDegree } from './strategies/fixed-degree.ts';

/** How much is simulated. */
export interface Effort {
  readonly items: number;
  readonly seeds: number;
  /** For each fixed degree, of which there are many. */
  readonly fixedSeeds: number;
}

/** The jobs of one strategy. */
export interface Figures {
  /** In seconds, of each job. */
  readonly times: readonly number[];
  /** The median of the times. */
  readonly time: number;
  /** The median share of throttled calls after the first fifth. */
  readonly throttled: number;
}

/** The fixed degrees that are tried. */
const degrees = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50];

/** Runs a job for each seed. */
export function figuresOf(
  model: ServiceKind,
  make: MakeStrategy,
  { items, seeds }: Pick<Effort, 'items' | 'seeds'>,
): Figures {
  const jobs = Array.from({ length: seeds }, (_, seed) => simulate(model, make, { items, seed }));
  const times = jobs.map(({ time }) => time / 1_000);
  return { times, time: median(times), throttled: median(jobs.map((job) => job.throttled)) };
}

/** The fastest of the fixed degrees. */
export function bestFixedDegree(
  model: ServiceKind,
  { items, fixedSeeds }: Effort,
): { readonly degree: number; readonly figures: Figures } {
  const tried = degrees.map((degree) => ({
    degree,
    figures: figuresOf(model, fixedDegree(degree), { items, seeds: fixedSeeds }),
  }));
  return tried.reduce((best, other) => (other.figures.time < best.figures.time ? other : best));
}
