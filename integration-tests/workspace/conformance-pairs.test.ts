/** No driver is left out of the conformance suites. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPackages } from '../../scripts/workspace.ts';
import { pairs } from '../conformance/pairs.ts';

const packages = readPackages();
const suites = new Set(pairs.map(({ suite }) => suite));
/** Named like drivers, but made of one: some stand in the table as `shardedCounter on …`. */
const algorithms = [
  'atomicCounter',
  'budgetLimiter',
  'leaseLock',
  'leaseSemaphore',
  'shardedCounter',
  'withLock',
];
const exportsOf = async (file: string) => Object.keys(await import(file));

describe('the table of pairs', () => {
  it('has every suite that a package offers, and those of histories', async () => {
    const withSuite = packages.filter(
      ({ manifest }) => './conformance' in (manifest.exports ?? {}),
    );
    const files = withSuite.map(({ path }) => join(path, 'src/conformance/index.ts'));
    const histories = join(import.meta.dirname, '../linearizability/describe-histories.ts');
    const offered = await Promise.all([...files, histories].map(exportsOf));
    const names = offered.flat().flatMap((name) => /^describe([A-Z]\w*)$/.exec(name)?.[1] ?? []);
    expect(names.sort()).toEqual([...suites].sort());
  });

  it.each(packages)('has every driver that packages/$folder exports', async ({ path }) => {
    // A driver is named for its backend and its port, such as memoryRunStore.
    const ending = new RegExp(`^[a-z]\\w*(${[...suites].join('|')})$`);
    const drivers = (await exportsOf(join(path, 'src/index.ts'))).filter((name) =>
      ending.test(name),
    );
    const isKnown = (name: string) =>
      pairs.some(({ suite, driver }) => name.endsWith(suite) && driver.split(' ')[0] === name);
    const open = drivers.filter((name) => !algorithms.includes(name) && !isKnown(name));
    expect(open).toEqual([]);
  });

  it('has no pair twice', () => {
    const titles = pairs.map(({ suite, driver }) => `${suite}: ${driver}`);
    expect(titles).toEqual([...new Set(titles)]);
  });
});
