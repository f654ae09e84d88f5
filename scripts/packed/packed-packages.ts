/**
 * `npm run check-packages`: what a user would get from the registry, checked before it is there.
 *
 * Each package is built and packed, and its tarball goes through publint and attw. Then all of them are
 * installed together in an empty project and used as people do.
 * Read next: empty-project.ts.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackages } from '../build.ts';
import { readPackages, root } from '../workspace.ts';
import { check, forEachAtOnce, run } from './checks.ts';
import { checkInEmptyProject } from './empty-project.ts';

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
    await checkInEmptyProject(packed, join(scratch, 'project'));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true });
  }
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
