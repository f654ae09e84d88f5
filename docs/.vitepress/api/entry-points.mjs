/**
 * What the packages export: each path that can be imported, and the source behind it.
 * @module
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const packages = join(import.meta.dirname, '../../../packages');

/**
 * Sorted by name. A name is the import path without the scope, such as `lock` or `lock/conformance`.
 *
 * @type {readonly { readonly name: string; readonly file: string }[]}
 */
export const entryPoints = globSync('*/package.json', { cwd: packages })
  .sort()
  .flatMap((path) => {
    const folder = dirname(path);
    const { exports } = JSON.parse(readFileSync(join(packages, path), 'utf8'));
    return Object.entries(exports ?? {}).map(([subpath, target]) => ({
      name: join(folder, subpath),
      file: join(packages, folder, target['@runafter/source']),
    }));
  });
