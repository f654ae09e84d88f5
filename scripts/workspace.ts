/**
 * Where things are: the workspace's root, its packages, and the way to run a TypeScript program on
 * the packages' sources.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from './run-program.mjs';

/** The absolute path of the workspace. */
export const root: string = dirname(import.meta.dirname);

/** The export condition under which a package answers with its TypeScript sources. */
export const sourceCondition = '@runafter/source';

/** The part of a package.json that scripts and tests look at. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly engines?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, ExportTarget>>;
  readonly publishConfig?: {
    readonly access?: string;
    readonly exports?: Readonly<Record<string, ExportTarget>>;
  };
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** What one subpath of `exports` answers under each condition, in order. */
export type ExportTarget = Readonly<Record<string, string>>;

/** A folder with a package.json. */
export interface WorkspacePackage {
  /** The folder's own name, such as `core`. */
  readonly folder: string;
  /** The folder's absolute path. */
  readonly path: string;
  readonly manifest: Manifest;
}

/**
 * The packages under `packages/`, sorted by folder.
 *
 * @param workspace - the workspace to look in; this one unless given.
 */
export function readPackages(workspace: string = root): WorkspacePackage[] {
  return foldersIn(join(workspace, 'packages'))
    .map((folder) => ({ folder, path: join(workspace, 'packages', folder) }))
    .filter(({ path }) => existsSync(join(path, 'package.json')))
    .map((found) => ({ ...found, manifest: readManifest(found.path) }));
}

/** The package.json of a folder. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** The names of the folders in a folder, sorted; none when there is no such folder. */
export function foldersIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * Runs a TypeScript program of the workspace on the packages' sources, without a build.
 *
 * @param file - relative to the root.
 * @returns its exit code.
 */
export function runTypeScript(file: string, args: readonly string[]): Promise<number> {
  return runProgram(process.execPath, [`--conditions=${sourceCondition}`, file, ...args], {
    cwd: root,
  });
}

interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly output?: 'stdout' | 'stderr';
}

/**
 * Runs a command-line tool among the root's dependencies.
 *
 * @param env - added to this process's environment.
 * @param output - where its standard output goes; to this process's unless given.
 * @returns its exit code.
 */
export function runTool(
  tool: string,
  args: readonly string[],
  { cwd = root, env = {}, output = 'stdout' }: ToolOptions = {},
): Promise<number> {
  return runProgram(join(root, 'node_modules/.bin', tool), args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['inherit', output === 'stdout' ? 'inherit' : process.stderr.fd, 'inherit'],
  });
}
