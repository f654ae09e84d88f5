/**
 * `npm run chaos -- state`: on every backend, nothing is lost and nothing counts twice.
 *
 * A service that is not to be had is left out; with CI or TEST_SERVICES set it is a failure.
 * Read next: trial.ts, what a backend goes through; results.ts, what is right; backends/, which there are.
 * @module
 */

import { NoServiceError, Places } from '../../services/places.ts';
import type { Chaos, ChaosSetting } from '../harness/chaos.ts';
import type { StateBackend } from './backend.ts';
import { type BackendResult, faultsOf } from './results.ts';
import { toJson, toText } from './state-report.ts';
import { tryBackend } from './trial.ts';

/** The modules of backends/, in the order in which they are tried. */
const names: readonly string[] = ['redis', 'postgres', 'mssql', 'sqlite', 'azure-blob', 'http'];

export const stateChaos: Chaos = {
  async run(setting) {
    const files = filesFor(setting);
    const results: BackendResult[] = [];
    const faults: string[] = [];
    const notes = new Map<string, string>();
    await using places = new Places((line) => setting.output.write(`${line}\n`));
    for (const file of files) {
      const { backend }: { readonly backend: StateBackend } = await import(file);
      try {
        await using open = await places.open(backend.place);
        const result = await tryBackend({ backend, file, place: open.place }, setting);
        results.push(result);
        faults.push(...faultsOf(result));
        if (backend.note !== undefined) notes.set(backend.name, backend.note);
      } catch (error) {
        setting.signal.throwIfAborted();
        const isSkipped = error instanceof NoServiceError && !error.isRequired;
        if (!isSkipped)
          faults.push(`${backend.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    if (results.length === 0 && faults.length === 0) faults.push('There was nothing to try.');
    return { json: toJson(results), text: toText(results, notes), faults };
  },
};

/** @throws {Error} a name that no backend has. */
function filesFor({ only, backendFile }: ChaosSetting): string[] {
  if (backendFile !== undefined) return [backendFile.href];
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no backend "${unknown}". There is: ${names.join(', ')}.`);
  }
  return names
    .filter((name) => only.length === 0 || only.includes(name))
    .map((name) => new URL(`./backends/${name}.ts`, import.meta.url).href);
}
