/**
 * The tests of the workspace: `unit` needs nothing but Node, `integration` may start programs and
 * services. Most of the time of the latter is waiting, so three files run at a time, however few or many
 * cores there are; the unit tests, most of which compute, come when all of these are over.
 *
 * Both import the packages as TypeScript sources, so no build is needed and none can be stale.
 * @module
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/vitest-sequencer.ts';

const sourceCondition = '@runafter/source';

export default defineConfig({
  resolve: { conditions: [sourceCondition] },
  ssr: { resolve: { conditions: [sourceCondition], externalConditions: [sourceCondition] } },
  test: {
    execArgv: [`--conditions=${sourceCondition}`],
    // Each file has a process of its own, and many start programs: what one has compiled, the others need not.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
    sequence: { sequencer: LongestFirst },
    coverage: { provider: 'v8', include: ['packages/*/src/**'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{packages,examples}/*/test/**/*.test.ts', 'benchmarks/test/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: Math.max(3, availableParallelism() - 1),
          // A slow machine is no failure: only what hangs should end here.
          testTimeout: 30_000,
          typecheck: {
            enabled: true,
            include: ['{packages,examples}/*/test/**/*.test-d.ts'],
            tsconfig: './tsconfig.tests.json',
            // In build mode tsc first brings the declarations of the packages up to date.
            build: true,
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['integration-tests/**/*.test.ts'],
          globalSetup: 'integration-tests/services/global-setup.ts',
          sequence: { groupOrder: 0 },
          maxWorkers: 3,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
