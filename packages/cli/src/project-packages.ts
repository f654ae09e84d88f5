/**
 * Packages of the program that the command line is used on: its drivers, and their clients.
 *
 * Invariant: what the project has comes first, so that a command reads a store with the driver that wrote
 * it; what was installed beside the command line is second. Nothing is loaded before it is needed.
 * @module
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readProperty, toFault } from '@runafter/errors';
import { EnvironmentError } from './cli-errors.ts';

/**
 * Imports a package as the program in a folder would.
 *
 * @param folder - where to look first.
 * @param why - what needs it, as the beginning of a sentence.
 * @throws {EnvironmentError} `CLI_ENVIRONMENT`, as a rejection: it is not installed; names what to install.
 */
export async function importFromProject<Module>(
  name: string,
  folder: string,
  why: string,
): Promise<Module> {
  const file = findPackage(name, folder);
  if (file === undefined) {
    throw new EnvironmentError(
      `${why} needs the package "${name}", which is not installed. Install it: npm install ${name}`,
    );
  }
  return (await import(file)) as Module;
}

/**
 * Imports the client of a service, which is the one that the driver of it uses.
 *
 * @param driver - such as `@runafter/redis`.
 * @throws {EnvironmentError} `CLI_ENVIRONMENT`, as a rejection.
 */
export async function importClient<Client>(
  name: string,
  driver: string,
  folder: string,
  why: string,
): Promise<Client> {
  const owner = findPackage(driver, folder);
  const file = findPackage(name, folder) ?? (owner && resolveFrom(name, owner));
  if (file === undefined) {
    throw new EnvironmentError(
      `${why} needs the package "${name}", which is not installed. Install it: npm install ${name}`,
    );
  }
  const module: unknown = await import(file);
  return (readProperty(module, 'default') ?? module) as Client;
}

/** The URL of a package's entry; undefined when it is not there. */
function findPackage(name: string, folder: string): string | undefined {
  return (
    resolveFrom(name, pathToFileURL(join(folder, 'package.json')).href) ??
    resolveFrom(name, import.meta.url)
  );
}

function resolveFrom(name: string, file: string): string | undefined {
  try {
    return pathToFileURL(createRequire(file).resolve(name)).href;
  } catch (error) {
    if (toFault(error).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
