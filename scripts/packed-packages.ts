/**
 * `npm run check-packages`: what a user would get from the registry, checked before it is there.
 *
 * Each package is built and packed, its tarball goes through publint and attw, and at last all of them
 * are installed together in an empty folder and imported by the oldest Node that they promise to run on.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackages } from './build.ts';
import { captureProgram } from './run-program.mjs';
import { readPackages, root, type WorkspacePackage } from './workspace.ts';

/** A package and its tarball. */
interface Packed extends WorkspacePackage {
  readonly tarball: string;
}

/** @returns the exit code: 0 when every package passed every check. */
export async function checkPackedPackages(): Promise<number> {
  const built = await buildPackages();
  if (built !== 0) return built;
  const scratch = mkdtempSync(join(tmpdir(), 'runafter-packed-'));
  try {
    const packed = readPackages()
      .filter(({ manifest }) => manifest.private !== true)
      .map((found) => ({ ...found, tarball: join(scratch, `${found.folder}.tgz`) }));
    await forEachAtOnce(packed, async ({ folder, path, tarball }) => {
      await check(`${folder}: packs`, () => run('pnpm', ['pack', '--out', tarball], path));
      await check(`${folder}: carries its README and licence`, () => checkContents(tarball));
      await check(`${folder}: publint`, () => run(tool('publint'), [tarball, '--strict']));
      await check(`${folder}: attw`, () => run(tool('attw'), [tarball, '--profile', 'esm-only']));
    });
    await checkImports(packed, scratch);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** As many at once as there are cores. After a failure none begins, and it ends when all that run have ended. */
async function forEachAtOnce<T>(
  items: readonly T[],
  body: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = [...items];
  async function worker(): Promise<void> {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        await body(item);
      } catch (error) {
        left.length = 0;
        throw error;
      }
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker));
  for (const ended of workers) {
    if (ended.status === 'rejected') throw ended.reason;
  }
}

/** Runs one check and prints its line; a failure ends the command. */
async function check<T>(name: string, body: () => Promise<T>): Promise<T> {
  try {
    const result = await body();
    console.log(` ✓ ${name}`);
    return result;
  } catch (error) {
    console.log(` ✗ ${name}`);
    throw error;
  }
}

/** @throws {Error} with the program's output when its exit code is not 0. */
async function run(command: string, args: readonly string[], cwd: string = root): Promise<string> {
  const { code, stdout, output } = await captureProgram(command, args, { cwd });
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with exit code ${code}:\n${output}`);
  }
  return stdout;
}

function tool(name: string): string {
  return join(root, 'node_modules/.bin', name);
}

async function checkContents(tarball: string): Promise<void> {
  const files = (await run('tar', ['-tzf', tarball])).trim().split('\n');
  for (const needed of ['package/README.md', 'package/LICENSE', 'package/dist/index.js']) {
    if (!files.includes(needed)) throw new Error(`${tarball} has no ${needed}.`);
  }
  const stray = files.find((file) => file.endsWith('.tsbuildinfo') || file.includes('/test/'));
  if (stray !== undefined) throw new Error(`${tarball} must not have ${stray}.`);
}

/** Installs the tarballs together and imports every entry point without the source condition. */
async function checkImports(packed: readonly Packed[], scratch: string): Promise<void> {
  const tarballs = packed.map(({ tarball }) => tarball);
  await check('all: install together', () =>
    run('npm', ['install', '--no-audit', '--no-fund', '--prefix', scratch, ...tarballs], scratch),
  );
  for (const [version, members] of byOldestNode(packed)) {
    const node = await oldNode(version);
    await forEachAtOnce(members.flatMap(entryPoints), (specifier) =>
      check(`${specifier}: imports on Node ${version}`, () =>
        run(node, ['--input-type=module', '--eval', `await import('${specifier}')`], scratch),
      ),
    );
  }
}

/** The packages by the first version of their `engines.node`. */
function byOldestNode(packed: readonly Packed[]): Map<string, Packed[]> {
  return Map.groupBy(packed, ({ manifest }) => {
    const [version] = /\d+\.\d+\.\d+/.exec(manifest.engines?.node ?? '') ?? [];
    if (version === undefined) throw new Error(`${manifest.name} has no engines.node.`);
    return version;
  });
}

/** The path of a Node of exactly this version, from npm. */
async function oldNode(version: string): Promise<string> {
  const args = ['exec', '--yes', '--loglevel=error', `--package=node@${version}`];
  return (await run('npm', [...args, '--', 'node', '-p', 'process.execPath'])).trim();
}

/** What a user can import. Suites for vitest run only under vitest, so they are left out. */
function entryPoints({ manifest }: Packed): string[] {
  return Object.keys(manifest.exports ?? {})
    .filter((subpath) => subpath !== './conformance')
    .map((subpath) => manifest.name + subpath.slice(1));
}
