/**
 * Where a plan is read from: a JSON file, or the export `plan` of a module.
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isWorkflow } from '@runafter/core';
import { toFault } from '@runafter/errors';
import { WorkflowFileError } from '../cli-errors.ts';
import { importFailure } from '../import-failure.ts';
import type { Plan } from './plan.ts';
import { PlanError } from './plan-errors.ts';

/**
 * Reads a plan.
 *
 * @throws {PlanError} `PLAN_INVALID`, as a rejection: there is no such file, it is no JSON, or exports no `plan`.
 * @throws {WorkflowFileError} `WORKFLOW_FILE_FAILED`, as a rejection: the module cannot be imported.
 */
export async function readPlanFile(file: string, cwd: string): Promise<Plan> {
  const path = resolve(cwd, file);
  if (!existsSync(path)) throw new PlanError('file', `${path} does not exist.`);
  if (path.endsWith('.json')) return readJson(path);
  const plan = await exportedPlan(path);
  if (plan !== undefined) return plan;
  throw new PlanError('file', `${path} exports no plan. Write: export const plan: Plan = { … };`);
}

/** A plan that nobody named, and where it was found. */
export interface FoundPlan {
  readonly plan: Plan;
  /** Undefined where the file of the workflow itself exports it. */
  readonly file?: string;
}

/**
 * The plan that the file of a workflow exports, else the JSON file beside it: `orders.plan.json` for `orders.ts`. An
 * empty one where there is neither.
 */
export async function planBeside(target: string, cwd: string): Promise<FoundPlan> {
  const path = resolve(cwd, target);
  const file = existsSync(path) ? path : path.replace(/#[^#]*$/, '');
  const exported = await exportedPlan(file);
  if (exported !== undefined) return { plan: exported };
  const { dir, name } = parse(file);
  const beside = join(dir, `${name}.plan.json`);
  return existsSync(beside) ? { plan: await readJson(beside), file: beside } : { plan: {} };
}

async function readJson(path: string): Promise<Plan> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Plan;
  } catch (error) {
    throw new PlanError('file', `${path} is no JSON. ${toFault(error).message}`, { cause: error });
  }
}

async function exportedPlan(path: string): Promise<Plan | undefined> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { readonly plan?: Plan };
    // A workflow may well be called plan.
    return isWorkflow(module.plan) ? undefined : module.plan;
  } catch (error) {
    throw new WorkflowFileError(path, importFailure(error, path), { cause: error });
  }
}
