/**
 * Where a plan is read from: a JSON file, or the export `plan` of a module.
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
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

/** The plan that the file of a workflow exports next to it; an empty one where it exports none. */
export async function planBeside(target: string, cwd: string): Promise<Plan> {
  const path = resolve(cwd, target);
  const file = existsSync(path) ? path : path.replace(/#[^#]*$/, '');
  return (await exportedPlan(file)) ?? {};
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
    return module.plan;
  } catch (error) {
    throw new WorkflowFileError(path, importFailure(error, path), { cause: error });
  }
}
