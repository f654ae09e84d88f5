/**
 * All backends of a chaos program, one after the other, each in a place of its own.
 *
 * Invariant: a service that is not to be had is left out; with CI or TEST_SERVICES set it is a failure.
 * @module
 */
import { NoServiceError, type PlaceName, Places } from '../../services/places.ts';
import type { ChaosSetting } from './chaos.ts';

/** What every program has to know about a backend. */
export interface ChaosBackend {
  /** As `--only` and the report name it. */
  readonly name: string;
  /** Where its state is. */
  readonly place: PlaceName;
}

/** A backend that is there. */
export interface Subject<Backend extends ChaosBackend> {
  readonly backend: Backend;
  /** The URL of its module. */
  readonly file: string;
  readonly place: object;
}

/** What is to be tried. */
export interface Attempts<Backend extends ChaosBackend, Result> {
  /** The folder with a module for each backend; it exports a `backend`. */
  readonly folder: URL;
  /** The modules, in the order in which they are tried. */
  readonly names: readonly string[];
  readonly attempt: (subject: Subject<Backend>, setting: ChaosSetting) => Promise<Result>;
}

/**
 * Tries those backends that were asked for.
 *
 * @returns what came of them, and why there is nothing of the others, as sentences.
 * @throws {Error} a name that no backend has; or `setting.signal.reason`.
 */
export async function tryBackends<Backend extends ChaosBackend, Result>(
  setting: ChaosSetting,
  { folder, names, attempt }: Attempts<Backend, Result>,
): Promise<{ readonly results: readonly Result[]; readonly faults: readonly string[] }> {
  const results: Result[] = [];
  const faults: string[] = [];
  await using places = new Places((line) => setting.output.write(`${line}\n`));
  for (const file of filesFor(setting, folder, names)) {
    const { backend }: { readonly backend: Backend } = await import(file);
    try {
      await using open = await places.open(backend.place);
      results.push(await attempt({ backend, file, place: open.place }, setting));
    } catch (error) {
      setting.signal.throwIfAborted();
      const isSkipped = error instanceof NoServiceError && !error.isRequired;
      const reason = error instanceof Error ? error.message : error;
      if (!isSkipped) faults.push(`${backend.name}: ${reason}`);
    }
  }
  if (results.length === 0 && faults.length === 0) faults.push('There was nothing to try.');
  return { results, faults };
}

function filesFor(
  { only, backendFile }: ChaosSetting,
  folder: URL,
  names: readonly string[],
): string[] {
  if (backendFile !== undefined) return [backendFile.href];
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no backend "${unknown}". There is: ${names.join(', ')}.`);
  }
  return names
    .filter((name) => only.length === 0 || only.includes(name))
    .map((name) => new URL(`${name}.ts`, folder).href);
}
