/**
 * An empty npm project in which every tarball is installed: what somebody has who tries the packages.
 *
 * In it the entry points are imported, the first programs of READMEs run, the command line answers,
 * and TypeScript checks the declarations, all of them without the workspace's own conditions. It happens
 * on the oldest Node that the packages promise to run on, and on the one that runs this.
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, root, type WorkspacePackage } from '../workspace.ts';
import { check, forEachAtOnce, run } from './checks.ts';
import { firstProgram, firstUntrue, type ReadmeProgram } from './readme-program.ts';

/** A package and its tarball. */
export interface Packed extends WorkspacePackage {
  readonly tarball: string;
}

/** A README's program as a file of the project. */
interface ProgramFile extends ReadmeProgram {
  /** The package's folder. */
  readonly name: string;
  readonly file: string;
}

/** Suites for vitest, which run only under vitest. */
const suites: readonly string[] = ['./conformance', './suites'];
/** With which these suites are written. */
const suiteTools: readonly string[] = ['vitest', 'fast-check'];

/** How TypeScript may look for modules in a program that runs on Node, or is bundled. */
const moduleResolutions = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'preserve', moduleResolution: 'bundler' },
];

/** Packages whose README begins with a program that needs no service and says what it prints. */
const withProgram = ['claim', 'clock', 'core', 'counter', 'errors', 'lock', 'saga', 'sqlite'];

/**
 * Makes the project and checks in it.
 *
 * @param folder - where to make it.
 * @throws {Error} at the first check that fails.
 */
export async function checkInEmptyProject(
  packed: readonly Packed[],
  folder: string,
): Promise<void> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const wanted = [...packed.map(({ tarball }) => tarball), ...companions(packed)];
  await check('all: install together in an empty project', () =>
    run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...wanted], folder),
  );
  const programs = withProgram.map((name) => {
    const readme = readFileSync(join(folder, 'node_modules/@runafter', name, 'README.md'), 'utf8');
    const program = { ...firstProgram(readme), name, file: `readme-of-${name}.ts` };
    writeFileSync(join(folder, program.file), program.code);
    return program;
  });
  const nodes = new Map([[process.versions.node, process.execPath]]);
  for (const version of oldestVersions(packed)) nodes.set(version, await nodeOf(version));
  for (const [version, node] of nodes) {
    await checkImports(packed, version, node, folder);
    await forEachAtOnce(programs, (program) => checkProgram(program, version, node, folder));
    await checkCommands(packed, version, node, folder);
  }
  await checkTypes(packed, programs, folder);
}

/**
 * What READMEs say to install beside a package: optional clients, and types of clients that have none.
 *
 * @returns names with the versions that the workspace has.
 */
function companions(packed: readonly Packed[]): Set<string> {
  const ours = new Set(packed.map(({ manifest }) => manifest.name));
  return new Set(
    packed.flatMap(({ path, manifest }) => {
      const optional = Object.keys(manifest.peerDependenciesMeta ?? {});
      const types = Object.keys(manifest.devDependencies ?? {}).filter((name) =>
        name.startsWith('@types/'),
      );
      return [...optional, ...types]
        .filter((name) => !ours.has(name) && !suiteTools.includes(name))
        .map((name) => `${name}@${readManifest(join(path, 'node_modules', name)).version}`);
    }),
  ).add(`@types/node@${readManifest(join(root, 'node_modules/@types/node')).version}`);
}

/** The first version of each `engines.node`. */
function oldestVersions(packed: readonly Packed[]): Set<string> {
  return new Set(
    packed.map(({ manifest }) => {
      const [version] = /\d+\.\d+\.\d+/.exec(manifest.engines?.node ?? '') ?? [];
      if (version === undefined) throw new Error(`${manifest.name} has no engines.node.`);
      return version;
    }),
  );
}

/** The path of a Node of exactly this version, from npm. */
async function nodeOf(version: string): Promise<string> {
  const args = ['exec', '--yes', '--loglevel=error', `--package=node@${version}`];
  return (await run('npm', [...args, '--', 'node', '-p', 'process.execPath'])).trim();
}

async function checkImports(
  packed: readonly Packed[],
  version: string,
  node: string,
  folder: string,
): Promise<void> {
  const specifiers = packed.flatMap(entryPoints);
  const imports = specifiers.map((specifier) => `await import('${specifier}');`).join('\n');
  await check(`all: ${specifiers.length} entry points import on Node ${version}`, () =>
    run(node, ['--input-type=module', '--eval', imports], folder),
  );
}

async function checkProgram(
  program: ProgramFile,
  version: string,
  node: string,
  folder: string,
): Promise<void> {
  await check(`${program.name}: the README's first program runs on Node ${version}`, async () => {
    const printed = await run(node, [program.file], folder);
    const untrue = firstUntrue(program, printed.split('\n'));
    if (untrue !== undefined) {
      throw new Error(`The README says "${untrue}", but its program printed:\n${printed}`);
    }
  });
}

/** What a package puts on the PATH says how it is used, and which version it is. */
async function checkCommands(
  packed: readonly Packed[],
  version: string,
  node: string,
  folder: string,
): Promise<void> {
  for (const { manifest } of packed) {
    for (const name of Object.keys(manifest.bin ?? {})) {
      const command = join(folder, 'node_modules/.bin', name);
      await check(`${name}: answers --help and --version on Node ${version}`, async () => {
        const help = await run(node, [command, '--help'], folder);
        if (!help.includes(name)) throw new Error(`${name} --help does not name ${name}:\n${help}`);
        const answer = await run(node, [command, '--version'], folder);
        if (!answer.includes(manifest.version ?? '')) {
          throw new Error(`${name} --version says ${answer}, but it is ${manifest.version}.`);
        }
      });
    }
  }
}

/** The declarations themselves are checked as well, which `skipLibCheck` would leave out. */
async function checkTypes(
  packed: readonly Packed[],
  programs: readonly ProgramFile[],
  folder: string,
): Promise<void> {
  const imports = packed
    .flatMap(entryPoints)
    .map((specifier, at) => `export * as entry${at} from '${specifier}';`);
  writeFileSync(join(folder, 'every-entry-point.ts'), `${imports.join('\n')}\n`);
  for (const resolution of moduleResolutions) {
    const compilerOptions = {
      ...resolution,
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const config = `tsconfig.${resolution.moduleResolution}.json`;
    const files = ['every-entry-point.ts', ...programs.map(({ file }) => file)];
    writeFileSync(join(folder, config), JSON.stringify({ compilerOptions, files }));
    await check(`all: types hold with moduleResolution ${resolution.moduleResolution}`, () =>
      run(join(root, 'node_modules/.bin/tsc'), ['--project', config], folder),
    );
  }
}

/** What a user can import. */
function entryPoints({ manifest }: Packed): string[] {
  return Object.keys(manifest.exports ?? {})
    .filter((subpath) => !suites.includes(subpath))
    .map((subpath) => manifest.name + subpath.slice(1));
}
