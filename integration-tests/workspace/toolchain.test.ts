/** The bootstrap's decisions, case by case. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tasks } from '../../scripts/tasks.ts';
import { plan, readCommandLine, readPins, satisfies } from '../../scripts/toolchain-plan.mjs';
import { readManifest, root } from '../../scripts/workspace.ts';

const pins = { node: '24.21.0', pnpm: '12.21.0', nodeRange: '^24.11.0 || >=26.0.0' };

describe('the plan', () => {
  it.each([
    { node: '24.21.0', pnpm: '12.21.0' },
    { node: '24.11.0', pnpm: '12.0.0' },
    { node: '26.0.0', pnpm: '12.99.1' },
    { node: '27.3.1', pnpm: '12.21.0' },
  ])('is to go on with Node $node and pnpm $pnpm', (found) => {
    expect(plan({ ...found, switched: false }, pins)).toEqual({ step: 'run' });
    expect(plan({ ...found, switched: true }, pins)).toEqual({ step: 'run' });
  });

  it.each([
    { node: '20.20.2', pnpm: undefined, why: /Node is 20\.20\.2.*, pnpm is not on the PATH/ },
    { node: '20.20.2', pnpm: '12.21.0', why: /^Node is 20\.20\.2, which is not \^24\.11\.0/ },
    { node: '24.10.9', pnpm: '12.21.0', why: /^Node is 24\.10\.9/ },
    { node: '25.9.0', pnpm: '12.21.0', why: /^Node is 25\.9\.0/ },
    { node: '26.0.0-rc.1', pnpm: '12.21.0', why: /^Node is 26\.0\.0-rc\.1/ },
    { node: '24.21.0', pnpm: undefined, why: /^pnpm is not on the PATH$/ },
    { node: '24.21.0', pnpm: '11.21.0', why: /^pnpm is 11\.21\.0, which is not 12\.x$/ },
    { node: '24.21.0', pnpm: '1.2.3', why: /^pnpm is 1\.2\.3/ },
  ])('is to switch once with Node $node and pnpm $pnpm', ({ why, ...found }) => {
    expect(plan({ ...found, switched: false }, pins)).toEqual({
      step: 'switch',
      why: expect.stringMatching(why),
    });
    expect(plan({ ...found, switched: true }, pins)).toEqual({
      step: 'refuse',
      why: expect.stringMatching(why),
    });
  });
});

describe('a range of versions', () => {
  it.each([
    ['22.22.0', '^22.22.0', true],
    ['22.21.9', '^22.22.0', false],
    ['22.22.1', '^22.22.0', true],
    ['22.100.0', '^22.22.0', true],
    ['23.0.0', '^22.22.0', false],
    ['26.0.0', '>=26.0.0', true],
    ['100.0.0', '>=26.0.0', true],
    ['25.99.99', '>=26.0.0', false],
    ['24.11.0', '^22.22.0 || ^24.11.0 || >=26.0.0', true],
    ['25.0.0', '^22.22.0 || ^24.11.0 || >=26.0.0', false],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(satisfies(version, range)).toBe(expected);
  });

  it.each(['24', '~24.11.0', '>24.0.0', '^24.11', '', '^24.11.0 ||'])(
    '"%s" is refused instead of matching nothing',
    (range) => {
      expect(() => satisfies('24.11.0', range)).toThrow(/is not a range: write \^1\.2\.3/);
    },
  );
});

describe('the command line', () => {
  it.each([
    [[], undefined, []],
    [['demo'], 'demo', []],
    [['demo', '--fail'], 'demo', ['--fail']],
    [['demo', '--', '--fail'], 'demo', ['--fail']],
    [['bench', 'engine', '--quick', '--json'], 'bench', ['engine', '--quick', '--json']],
    [['test', '-t', 'a b', '--', 'c'], 'test', ['-t', 'a b', '--', 'c']],
  ])('%j', (argv, task, args) => {
    expect(readCommandLine(argv)).toEqual({ task, args });
  });
});

describe('the pins', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const nodeVersionFile = readFileSync(join(root, '.node-version'), 'utf8');

  it('are exact versions, and the pinned ones fit', () => {
    const found = readPins({ nodeVersionFile, manifest });
    expect(plan({ node: found.node, pnpm: found.pnpm, switched: false }, found)).toEqual({
      step: 'run',
    });
  });

  it('are refused when package.json names another package manager', () => {
    const other = { ...manifest, packageManager: 'yarn@4.0.0' };
    expect(() => readPins({ nodeVersionFile, manifest: other })).toThrow(/must be "pnpm@"/);
  });
});

it('every npm script is a task of the bootstrap, and every task an npm script', () => {
  const expected = Object.keys(tasks).map((name) => [name, `node scripts/toolchain.mjs ${name}`]);
  expect(readManifest(root).scripts).toEqual(Object.fromEntries(expected));
});
