/**
 * Holds a workspace to the house's table: what a package declares and what its files import.
 *
 * A fault is a sentence that names the file, the import and the way out. Read next: house.ts.
 * @module
 */
import { globSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import {
  foldersIn,
  type Manifest,
  readManifest,
  readPackages,
  type WorkspacePackage,
} from '../../scripts/workspace.ts';
import type { House, Row } from './house.ts';
import { importsOf } from './imports.ts';

const scope = '@runafter/';

/** A folder of TypeScript files and what they may name. */
interface Room {
  /** The folder whose files may import each other by relative paths. */
  readonly path: string;
  /** The files to look at, as globs in the folder. */
  readonly files: readonly string[];
  /** And those among them that are in another room. */
  readonly except?: readonly string[];
  /** The packages that the files may import: those that a package.json declares. */
  readonly declared: ReadonlySet<string>;
}

/**
 * Everything in a workspace that is against the table.
 *
 * @param workspace - the folder with `packages/`.
 * @returns sentences; none when all is well.
 */
export function findFaults(workspace: string, house: House): string[] {
  const packages = readPackages(workspace);
  const tools = Object.keys(readManifest(workspace).devDependencies ?? {});
  return [
    ...packages.flatMap((found) => manifestFaults(found, house)),
    ...[...packages.flatMap((found) => roomsOf(found, tools)), ...programRooms(workspace, tools)]
      .flatMap((room) => importFaults(room, packages))
      .map((fault) => fault.replaceAll(workspace + sep, '')),
  ];
}

/** What a package declares, against its row. */
function manifestFaults({ folder, manifest }: WorkspacePackage, house: House): string[] {
  const row = house[folder];
  if (row === undefined) {
    return [
      `packages/${folder} has no row in the table of house.ts: add one, after thinking where it belongs.`,
    ];
  }
  const allowed = allowedBy(row, manifest);
  return shippedDependencies(manifest)
    .filter((name) => !allowed.has(name))
    .map(
      (name) =>
        `packages/${folder} depends on ${name}, which its row in the table of house.ts does not allow.`,
    );
}

function allowedBy({ ours, others = [] }: Row, { exports = {} }: Manifest): Set<string> {
  // A port's suite is a function on vitest, with properties for fast-check; who calls it has both.
  const suites = './conformance' in exports ? ['vitest', 'fast-check'] : [];
  return new Set([`${scope}errors`, ...ours.map((name) => scope + name), ...others, ...suites]);
}

/** What whoever installs the package gets with it or must bring along. */
function shippedDependencies(manifest: Manifest): string[] {
  return Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  });
}

/**
 * Sources may name what is shipped with them; tests also what is there for development, and so may
 * src/client, because what runs in a browser is shipped as a bundle that has it all.
 */
function roomsOf({ path, manifest }: WorkspacePackage, tools: readonly string[]): Room[] {
  const shipped = shippedDependencies(manifest);
  const development = Object.keys(manifest.devDependencies ?? {});
  return [
    {
      path: join(path, 'src'),
      files: ['**/*.ts'],
      except: ['client/**'],
      declared: new Set(shipped),
    },
    {
      path: join(path, 'src'),
      files: ['client/**/*.ts'],
      declared: new Set([...shipped, ...development]),
    },
    {
      path,
      files: ['test/**/*.ts'],
      declared: new Set([manifest.name, ...shipped, ...development, ...tools]),
    },
  ];
}

/** Examples, benchmarks and recipes use the packages as their users do. */
function programRooms(workspace: string, tools: readonly string[]): Room[] {
  const examples = foldersIn(join(workspace, 'examples')).map((name) => join('examples', name));
  return [...examples, 'benchmarks', 'docs']
    .filter((folder) => globSync('package.json', { cwd: join(workspace, folder) }).length > 0)
    .map((folder) => {
      const path = join(workspace, folder);
      const { name, devDependencies, ...manifest } = readManifest(path);
      const declared = Object.keys({ ...manifest.dependencies, ...devDependencies });
      return { path, files: ['**/*.ts'], declared: new Set([name, ...declared, ...tools]) };
    });
}

function importFaults(room: Room, packages: readonly WorkspacePackage[]): string[] {
  const inside = room.path + sep;
  const { except = [] } = room;
  const exclude = ['**/node_modules/**', ...except];
  const files = globSync([...room.files], { cwd: room.path, exclude });
  return files.sort().flatMap((name) => {
    const file = join(room.path, name);
    return importsOf(file).flatMap((specifier) => {
      // `#name` is private to a package: what its package.json does not declare, no program can load.
      if (specifier.startsWith('node:') || specifier.startsWith('#')) return [];
      if (specifier.startsWith('.')) {
        const target = resolve(dirname(file), specifier);
        if (target.startsWith(inside)) return [];
        return `${file} imports ${specifier}, which is outside of ${relative(dirname(room.path), room.path)}/: import a package by its name.`;
      }
      const imported = packageOf(specifier);
      if (!room.declared.has(imported)) {
        return `${file} imports ${specifier}, but its package.json does not declare ${imported}.`;
      }
      const target = packages.find(({ manifest }) => manifest.name === imported);
      const subpath = `.${specifier.slice(imported.length)}`;
      if (target === undefined || subpath in (target.manifest.exports ?? {})) return [];
      return `${file} imports ${specifier}, but ${imported} does not export ${subpath}: import one of its public names.`;
    });
  });
}

/** `@runafter/lock/conformance` → `@runafter/lock`; `p-retry/x` → `p-retry`. */
function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
