/**
 * Workflows of a file: it is imported as it is, JavaScript or TypeScript, and its exports are looked at.
 *
 * Node runs TypeScript by leaving the types out, so nothing is built and nothing is cached. What it cannot
 * run that way is said in words that lead on: import-failure.ts.
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isWorkflow, type Workflow } from '@runafter/core';
import { didYouMean } from '@runafter/errors';
import { WorkflowFileError, WorkflowNotExportedError } from './cli-errors.ts';
import { importFailure } from './import-failure.ts';

/** A workflow of which no more is known. */
export type AnyWorkflow = Workflow<unknown, unknown>;

/** Where to look, and what for. */
export interface WorkflowChoice {
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** The name of the workflow, where the file has several. */
  readonly workflow?: string | undefined;
}

/**
 * The workflow of a file: the only one, or the one that is named.
 *
 * @param target - `orders.ts`, or `orders.ts#fulfilOrder` for one of its exports.
 * @throws {WorkflowFileError} `WORKFLOW_FILE_FAILED`, as a rejection.
 * @throws {WorkflowNotExportedError} `WORKFLOW_NOT_EXPORTED`, as a rejection: says what there is.
 */
export async function loadWorkflow(
  target: string,
  { cwd, workflow: name }: WorkflowChoice,
): Promise<AnyWorkflow> {
  const { file, found } = await exportedWorkflows(target, cwd);
  const byName = name === undefined ? found : found.filter((each) => each.workflow.name === name);
  const [only] = byName;
  if (only !== undefined && byName.length === 1) return only.workflow;
  const all = found.map((each) => `${each.workflow.name} (${file}#${each.exportName})`).join(', ');
  if (name !== undefined) {
    const names = found.map((each) => each.workflow.name);
    throw new WorkflowNotExportedError(
      file,
      `exports no workflow "${name}".${didYouMean(name, names)} It has ${all}.`,
    );
  }
  throw new WorkflowNotExportedError(
    file,
    `exports ${found.length} workflows: name one with --workflow or as FILE#EXPORT. It has ${all}.`,
  );
}

/**
 * All workflows of a file, or the one that is named.
 *
 * @throws as {@link loadWorkflow} does.
 */
export async function loadWorkflows(
  target: string,
  choice: WorkflowChoice,
): Promise<readonly AnyWorkflow[]> {
  if (choice.workflow !== undefined) return [await loadWorkflow(target, choice)];
  const { found } = await exportedWorkflows(target, choice.cwd);
  return found.map(({ workflow }) => workflow);
}

interface Exported {
  readonly exportName: string;
  readonly workflow: AnyWorkflow;
}

/** At least one. The same workflow under two names is one. */
async function exportedWorkflows(
  target: string,
  cwd: string,
): Promise<{ file: string; found: readonly Exported[] }> {
  const { path, exportName: asked } = splitTarget(target, cwd);
  const file = basename(path);
  const module = await importFile(path);
  const seen = new Set<unknown>();
  const found: Exported[] = [];
  for (const [exportName, value] of Object.entries(module)) {
    if (!isWorkflow(value) || (asked === undefined && seen.has(value))) continue;
    seen.add(value);
    found.push({ exportName, workflow: value });
  }
  if (found.length === 0) throw withoutWorkflows(file, module);
  if (asked === undefined) return { file, found };
  const named = found.filter(({ exportName }) => exportName === asked);
  if (named.length > 0) return { file, found: named };
  const names = found.map(({ exportName }) => exportName);
  throw new WorkflowNotExportedError(
    file,
    `has no workflow among its exports as "${asked}".${didYouMean(asked, names)} It has ${names.join(', ')}.`,
  );
}

function withoutWorkflows(
  file: string,
  module: Readonly<Record<string, unknown>>,
): WorkflowNotExportedError {
  const names = Object.keys(module);
  const what = names.length === 0 ? 'nothing at all' : names.join(', ');
  const maker = names.find((name) => typeof module[name] === 'function');
  const hint =
    maker === undefined
      ? ''
      : ` Where ${maker}() makes one, write a file that calls it and exports what it returns.`;
  return new WorkflowNotExportedError(
    file,
    `exports no workflow, but ${what}. Export what workflow() or defineWorkflow() returns.${hint}`,
  );
}

/** A `#` belongs to the path where there is such a file. */
function splitTarget(target: string, cwd: string): { path: string; exportName?: string } {
  const mark = target.lastIndexOf('#');
  if (mark < 1 || existsSync(resolve(cwd, target))) return { path: resolve(cwd, target) };
  return { path: resolve(cwd, target.slice(0, mark)), exportName: target.slice(mark + 1) };
}

async function importFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(path)) throw new WorkflowFileError(path, 'There is no such file.');
  if (statSync(path).isDirectory()) {
    throw new WorkflowFileError(path, 'It is a folder: name a file that exports a workflow.');
  }
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new WorkflowFileError(path, importFailure(error, path), { cause: error });
  }
}
