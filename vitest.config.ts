/**
 * The tests of the workspace: `unit` needs nothing but Node, `integration` may start programs and
 * services and so runs two files at a time, however many cores there are; most of its time is waiting.
 *
 * Both import the packages as TypeScript sources, so no build is needed and none can be stale.
 * @module
 */
import { defineConfig } from 'vitest/config';

const sourceCondition = '@runafter/source';

export default defineConfig({
  resolve: { conditions: [sourceCondition] },
  ssr: { resolve: { conditions: [sourceCondition], externalConditions: [sourceCondition] } },
  test: {
    execArgv: [`--conditions=${sourceCondition}`],
    coverage: { provider: 'v8', include: ['packages/*/src/**'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{packages,examples}/*/test/**/*.test.ts', 'benchmarks/test/**/*.test.ts'],
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
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
