/**
 * Predicts how long a workflow takes at each degree of parallelism.
 *
 * The engine itself runs the definition on a virtual clock, with functions that only take their time. So what is
 * predicted follows the semantics of the engine, whatever they are, and nothing here knows how a loop is scheduled.
 * Read next: simulated-workflow.ts (what runs), find-binding.ts (why it is not faster).
 * @module
 */
import type { Workflow } from '@runafter/core';
import type { WorkflowDefinition } from '@runafter/core/definition';
import { chooseVariable } from './choose-variable.ts';
import { findBinding } from './find-binding.ts';
import type { KnownFacts } from './known-facts.ts';
import { notesOn } from './notes.ts';
import type { Plan } from './plan.ts';
import { countIn } from './plan-fields.ts';
import type { PlanRow, PlanTable, Recommendation } from './plan-table.ts';
import { readFormulas } from './read-formulas.ts';
import { readPlan } from './read-plan.ts';
import { type RunSetting, simulateRun } from './simulate-run.ts';

export interface PlanOptions {
  /** The address of the loop whose degree is varied. Default: the outermost; without a loop, `maxConcurrentActions`. */
  readonly loop?: string | undefined;
  /** Default 1, 5, 10, 20, 50. */
  readonly degrees?: readonly number[] | undefined;
  /** How many runs of each degree, which differ in what is drawn at random. Default 5. */
  readonly samples?: number | undefined;
  /** The same seed gives the same prediction. Default 1. */
  readonly seed?: number | string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before each degree is simulated, with how many have been and how many there are. Large loops take seconds. */
  readonly onDegree?: ((degree: number, done: number, all: number) => void) | undefined;
}

/**
 * Predicts. Nothing of the workflow's own is called but the `when` of its retry policies, and no time passes.
 *
 * @param plan - durations, numbers of items, limits of connectors; see {@link Plan}.
 * @throws {PlanError} `PLAN_INVALID`, as a rejection: something makes no sense, or does not fit the workflow.
 * @throws {PlanIncompleteError} `PLAN_INCOMPLETE`, as a rejection: a duration or a number of items is missing.
 * @throws the signal's reason, as a rejection.
 * @example
 * const { rows, recommended } = await planRuns(updateItems, {
 *   actions: { Items: { items: 100 }, 'Items/Update': { duration: '3s', connector: 'sharePoint' } },
 * });
 */
export async function planRuns(
  // biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
  workflow: Workflow<any, unknown>,
  plan: Plan,
  options: PlanOptions = {},
): Promise<PlanTable> {
  const { samples = 5, seed = 1, signal, onDegree } = options;
  countIn('samples', samples, 1);
  const degrees = degreesIn(options.degrees ?? [1, 5, 10, 20, 50]);
  const facts = readPlan(workflow, plan);
  const variable = chooseVariable(workflow, facts, options.loop);
  const seeds = Array.from({ length: samples }, (_, sample) => `${seed}/${sample}`);
  const base = { workflow, facts, variable, signal, seed: seeds[0] as string };
  const unlimited = withoutLimits(facts);
  const free = await Promise.all(
    seeds.map((each) =>
      simulateRun({
        ...{ ...base, facts: unlimited, seed: each },
        ...{ degree: Number.POSITIVE_INFINITY, anyActions: true },
      }),
    ),
  );
  const firstFree = free[0]?.makespan ?? 0;
  const rows: PlanRow[] = [];
  for (const degree of degrees) {
    onDegree?.(degree, rows.length, degrees.length);
    rows.push(await rowOf({ ...base, degree }, seeds, firstFree, rows.at(-1)));
  }
  const { definition }: { definition: WorkflowDefinition } = workflow;
  const loop = variable.kind === 'loop' ? facts.actions.get(variable.address) : undefined;
  return {
    workflow: workflow.name,
    varies: { ...variable, ...(loop?.of === 'loop' && { items: loop.items }) },
    samples,
    seed,
    rows,
    criticalPath: meanOf(free.map(({ makespan }) => makespan)),
    recommended: recommend(rows),
    formulas: await readFormulas(base, unlimited),
    notes: notesOn(definition),
  };
}

function degreesIn(degrees: readonly number[]): number[] {
  const counts = degrees.map((degree, n) => countIn(`degrees[${n}]`, degree, 1));
  countIn('number of degrees', counts.length, 1);
  return [...new Set(counts)].sort((a, b) => a - b);
}

async function rowOf(
  setting: RunSetting,
  seeds: readonly string[],
  criticalPath: number,
  before: PlanRow | undefined,
): Promise<PlanRow> {
  const runs = await Promise.all(seeds.map((seed) => simulateRun({ ...setting, seed })));
  const makespans = runs.map(({ makespan }) => makespan);
  const mean = meanOf(makespans);
  return {
    degree: setting.degree,
    makespan: { mean, least: Math.min(...makespans), most: Math.max(...makespans) },
    calls: meanOf(runs.map(({ tally }) => tally.calls.made)),
    refused: meanOf(runs.map(({ tally }) => tally.calls.refused)),
    waiting: meanOf(runs.map(({ tally }) => tally.waitingShare)),
    gain: before && before.makespan.mean > 0 ? 1 - mean / before.makespan.mean : undefined,
    binds: await findBinding(setting, makespans[0] ?? 0, criticalPath),
    unsuccessful: runs.filter(({ status }) => status !== 'Succeeded').length,
  };
}

/** Connectors that take whatever comes, and are slowed down by nobody. */
function withoutLimits(facts: KnownFacts): KnownFacts {
  const connectors = [...facts.connectors].map(
    ([name, known]) => [name, { ...known, service: {} }] as const,
  );
  return { ...facts, connectors: new Map(connectors) };
}

/** As good as the fastest. */
const nearlyFastest = 1.05;

/** A share of refused calls that is bearable. */
const bearable = 0.02;

/** A degree at which runs fail is not recommended where there is one at which none does. */
function recommend(rows: readonly PlanRow[]): Recommendation {
  const succeeding = rows.filter(({ unsuccessful }) => unsuccessful === 0);
  const candidates = succeeding.length > 0 ? succeeding : rows;
  const fastest = fastestOf(candidates) as PlanRow;
  const calm = candidates.filter(({ calls, refused }) => refused <= bearable * calls);
  return {
    degree: (smallestGood(candidates) ?? fastest).degree,
    fastest: fastest.degree,
    calm: smallestGood(calm)?.degree,
  };
}

/** More at once than this gains next to nothing. */
function smallestGood(rows: readonly PlanRow[]): PlanRow | undefined {
  const most = (fastestOf(rows)?.makespan.mean ?? 0) * nearlyFastest;
  return rows.find(({ makespan }) => makespan.mean <= most);
}

function fastestOf(rows: readonly PlanRow[]): PlanRow | undefined {
  const [first, ...others] = rows;
  if (first === undefined) return undefined;
  return others.reduce((best, row) => (row.makespan.mean < best.makespan.mean ? row : best), first);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
