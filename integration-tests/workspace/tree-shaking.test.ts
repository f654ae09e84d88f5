/** Who imports one name gets what it needs, and nothing that only stands beside it. */
import { describe, expect, it } from 'vitest';
import { bundle } from '../../scripts/size/bundle.ts';
import { readPackages } from '../../scripts/workspace.ts';

const entryPoints = readPackages().flatMap(({ manifest }) =>
  Object.keys(manifest.exports ?? {}).map((subpath) => manifest.name + subpath.slice(1)),
);

describe('an import for its side effects', () => {
  it.each(entryPoints)('%s has none', async (from) => {
    expect((await bundle({ from, names: [] })).code).toBe('');
  });
});

describe('one name', () => {
  it.each([
    ['@runafter/core', 'boundedMap', /core\/src\/(engine\/(?!kinds\/item-source)|durable|ports)/],
    ['@runafter/core', 'workflow', /core\/src\/(engine|durable|ports|claim-check)|devalue/],
    ['@runafter/core', 'describe', /core\/src\/(engine|durable|ports|definition\/builder)|devalue/],
    [
      '@runafter/core',
      'start',
      /core\/src\/(claim-check|conformance|remote\/index)|define-workflow|describe\.ts|bounded-map/,
    ],
    ['@runafter/core', 'memoryRunStore', /core\/src\/(engine|definition|remote)/],
    ['@runafter/errors', 'RunafterError', /codes|describe-code/],
    ['@runafter/errors', 'hasCode', /codes|describe-code/],
    ['@runafter/clock', 'parseDuration', /-clock|retry|limiter/],
    ['@runafter/clock', 'systemClock', /virtual-clock|retry|limiter/],
    ['@runafter/optimistic', 'update', /memory-|codec/],
    ['@runafter/lock', 'withLock', /memory-|acquisition|renewal/],
    ['@runafter/throttle', 'limiter', /adaptive|fetch|retry\.ts/],
    ['@runafter/report', 'viewOf', /elkjs|report\/src\/page/],
    ['@runafter/report', 'recordWaits', /elkjs|report\/src\/(page|view)|core\/src\/engine/],
    ['@runafter/results', 'tally', /core\/src\/(engine|definition)|quorum/],
    ['@runafter/redis', 'redisLock', /document|counter|run-store|limiter|packages\/core/],
    ['@runafter/postgres', 'postgresLock', /document|counter|run-store|packages\/core/],
    [
      '@runafter/sqlite',
      'sqliteDocumentStore',
      /sqlite-lock|sqlite-counter|sqlite-run-store|packages\/core/,
    ],
    ['@runafter/azure-blob', 'blobDocumentStore', /blob-lock|packages\/lock/],
  ])('%s { %s } brings nothing of %s', async (from, name, foreign) => {
    const { modules } = await bundle({ from, names: [name] });
    expect(modules).not.toEqual([]);
    expect(modules.filter((module) => foreign.test(module))).toEqual([]);
  });

  it('is refused when the package does not export it', async () => {
    await expect(bundle({ from: '@runafter/core', names: ['begin'] })).rejects.toThrow('"begin"');
  });
});
