/** The arrows between the packages are those of the table, and the rules that say so do bite. */
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/workspace.ts';
import { drivers, house } from './house.ts';
import { findFaults } from './house-rules.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the house', () => {
  it('has only the arrows of the table', () => {
    expect(findFaults(root, house)).toEqual([]);
  });

  it('names only packages that have a row', () => {
    const named = Object.values(house).flatMap(({ ours }) => ours);
    expect(named.filter((name) => !(name in house))).toEqual([]);
  });

  it('has no way back: no package reaches itself through the packages that it imports', () => {
    const inCircle = Object.keys(house).filter((name) => reachableFrom(name).has(name));
    expect(inCircle).toEqual([]);
  });

  it('lets nobody but the command line import a driver', () => {
    const importers = Object.entries(house)
      .filter(([, { ours }]) => ours.some((name) => name in drivers))
      .map(([name]) => name);
    expect(importers).toEqual(['cli']);
  });

  it('keeps the clients of backends out of everything but their own driver', () => {
    const clients = new Set(Object.values(drivers).flatMap(({ others = [] }) => others));
    const owners = Object.entries(house).filter(([, { others = [] }]) =>
      others.some((name) => clients.has(name)),
    );
    expect(owners.filter(([name]) => !(name in drivers))).toEqual([]);
  });
});

describe('a fault is found', () => {
  it.each([
    {
      fault: 'a package without a row',
      files: { 'packages/attic/package.json': { name: '@runafter/attic' } },
      says: 'packages/attic has no row',
    },
    {
      fault: 'a dependency that the row does not allow',
      files: {
        'packages/clock/package.json': {
          name: '@runafter/clock',
          dependencies: { '@runafter/core': 'workspace:*' },
        },
      },
      says: 'packages/clock depends on @runafter/core',
    },
    {
      fault: 'a core that imports a driver',
      files: {
        'packages/core/package.json': {
          name: '@runafter/core',
          dependencies: { '@runafter/redis': 'workspace:*' },
        },
      },
      says: 'packages/core depends on @runafter/redis',
    },
    {
      fault: "another's package that the row does not name",
      files: {
        'packages/lock/package.json': {
          name: '@runafter/lock',
          peerDependencies: { ioredis: '^6.0.0' },
        },
      },
      says: 'packages/lock depends on ioredis',
    },
    {
      fault: 'an import that is not declared',
      files: {
        'packages/core/package.json': { name: '@runafter/core' },
        'packages/core/src/index.ts': "export { retry } from '@runafter/clock';",
      },
      says: 'packages/core/src/index.ts imports @runafter/clock, but its package.json does not declare',
    },
    {
      fault: 'an import of types only',
      files: {
        'packages/core/package.json': { name: '@runafter/core' },
        'packages/core/src/index.ts':
          "import type { Redis } from 'ioredis'; export type R = Redis;",
      },
      says: 'imports ioredis',
    },
    {
      fault: 'an import in a type',
      files: {
        'packages/core/package.json': { name: '@runafter/core' },
        'packages/core/src/index.ts': "export type R = import('ioredis').Redis;",
      },
      says: 'imports ioredis',
    },
    {
      fault: 'a lazy import',
      files: {
        'packages/core/package.json': { name: '@runafter/core' },
        'packages/core/src/index.ts': "export const load = () => import('ioredis');",
      },
      says: 'imports ioredis',
    },
    {
      fault: 'a development dependency in a source',
      files: {
        'packages/core/package.json': {
          name: '@runafter/core',
          devDependencies: { '@runafter/testkit': 'workspace:*' },
        },
        'packages/core/src/index.ts': "import '@runafter/testkit';",
      },
      says: 'packages/core/src/index.ts imports @runafter/testkit',
    },
    {
      fault: "a deep import of another package's file",
      files: {
        'packages/clock/package.json': { name: '@runafter/clock', exports: { '.': {} } },
        'packages/core/package.json': {
          name: '@runafter/core',
          dependencies: { '@runafter/clock': 'workspace:*' },
        },
        'packages/core/src/index.ts': "import '@runafter/clock/src/sleep.ts';",
      },
      says: '@runafter/clock does not export ./src/sleep.ts',
    },
    {
      fault: "a relative path into another package's sources",
      files: {
        'packages/core/package.json': { name: '@runafter/core' },
        'packages/core/src/index.ts': "import '../../clock/src/sleep.ts';",
      },
      says: 'packages/core/src/index.ts imports ../../clock/src/sleep.ts, which is outside',
    },
    {
      fault: 'a source that imports a test',
      files: {
        'packages/core/package.json': { name: '@runafter/core' },
        'packages/core/src/index.ts': "import '../test/fixture.ts';",
      },
      says: 'imports ../test/fixture.ts, which is outside of src/',
    },
    {
      fault: "an example that reaches into a package's sources",
      files: {
        'examples/office/package.json': { name: 'office' },
        'examples/office/src/main.ts': "import '../../../packages/core/src/index.ts';",
      },
      says: 'examples/office/src/main.ts imports ../../../packages/core/src/index.ts',
    },
    {
      fault: 'an example with an import that is not declared',
      files: {
        'examples/office/package.json': { name: 'office' },
        'examples/office/src/main.ts': "import '@runafter/core';",
      },
      says: 'examples/office/src/main.ts imports @runafter/core, but its package.json',
    },
  ])('$fault', ({ files, says }) => {
    expect(findFaults(workspaceWith(files), house)).toEqual([expect.stringContaining(says)]);
  });

  it('but not in what the table allows', () => {
    const workspace = workspaceWith({
      'packages/clock/package.json': { name: '@runafter/clock', exports: { '.': {} } },
      'packages/lock/package.json': {
        name: '@runafter/lock',
        exports: { '.': {}, './conformance': {} },
        dependencies: { '@runafter/clock': 'workspace:*' },
        peerDependencies: { vitest: '^5.0.0' },
      },
      'packages/lock/src/index.ts': `
        // import 'ioredis' in a comment is none
        import { readFile } from 'node:fs/promises';
        export * from '@runafter/clock';
        export { lease } from './lease.ts';
        export const text = "import 'ioredis'", read = readFile;
      `,
      'packages/lock/src/conformance/index.ts':
        "import { it } from 'vitest'; import '../lease.ts'; it('', () => {});",
      'packages/lock/test/lock.test.ts':
        "import '../src/index.ts'; import 'fast-check'; import '@runafter/lock';",
    });
    expect(findFaults(workspace, house)).toEqual([]);
  });
});

function workspaceWith(files: Readonly<Record<string, string | object>>): string {
  return temporaryFolder({
    'package.json': { name: 'workspace', devDependencies: { vitest: '*', 'fast-check': '*' } },
    ...files,
  });
}

/** All packages to which an arrow or a chain of arrows leads. */
function reachableFrom(name: string): Set<string> {
  const reached = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const target of house[next]?.ours ?? []) {
      if (!reached.has(target)) open.push(target);
      reached.add(target);
    }
  }
  return reached;
}
