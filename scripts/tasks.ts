/**
 * What `npm run TASK` does once toolchain.mjs has set everything up: one entry per npm script.
 *
 * A task gets the arguments that stood after `--` and answers with an exit code.
 * @module
 */
import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { checkApi } from './api/check-api.ts';
import { buildPackages } from './build.ts';
import { runConformance } from './conformance/conformance-run.ts';
import { buildSite, serveSite } from './docs/docs-site.ts';
import { checkPackedPackages } from './packed/packed-packages.ts';
import { runRecipes, writeQuotes } from './recipes/recipe-runner.ts';
import { checkSizes } from './size/check-sizes.ts';
import { conclude, runTests } from './test-run.ts';
import { root, runTool, runTypeScript } from './workspace.ts';

type Task = (args: readonly string[]) => Promise<number>;

/** Each task by its name, which is also the name of its npm script. */
export const tasks: Readonly<Record<string, Task>> = {
  demo: (args) => runTypeScript('examples/weekly-reports/src/main.ts', args),
  test: runTests,
  conformance: runConformance,
  chaos: (args) => runTypeScript('integration-tests/chaos/main.ts', args),
  bench: (args) => runTypeScript('benchmarks/src/main.ts', args),
  example: runExample,
  runafter: (args) => runTypeScript('packages/cli/src/bin.ts', args),
  recipes: checkRecipes,
  lint,
  fmt: (args) => runTool('biome', ['check', '--write', ...args]),
  // Forced, because tsc 7.0 keeps what it once found wrong when only `lib` has changed since.
  typecheck: () => runTool('tsc', ['--build', '--force']),
  build: buildPackages,
  docs: serveSite,
  'docs:build': buildSite,
  'check-packages': checkPackedPackages,
  size: checkSizes,
  api: checkApi,
};

/**
 * Runs a task by its name.
 *
 * @param name - undefined or unknown lists the names.
 * @returns the task's exit code; 1 without a task.
 */
export async function runTask(name: string | undefined, args: readonly string[]): Promise<number> {
  const task = name !== undefined && Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task !== undefined) return task(args);
  console.error(name === undefined ? 'Which task?' : `There is no task "${name}".`);
  console.error(`Tasks: ${Object.keys(tasks).join(', ')}`);
  return 1;
}

async function runExample([name, ...args]: readonly string[]): Promise<number> {
  const names = globSync('examples/*/src/main.ts', { cwd: root })
    .map((file) => basename(dirname(dirname(file))))
    .sort();
  if (name !== undefined && names.includes(name)) {
    return runTypeScript(`examples/${name}/src/main.ts`, args);
  }
  if (name !== undefined) console.error(`There is no example "${name}".`);
  console.log('Run one with `npm run example -- NAME`:');
  for (const known of names) console.log(`  ${known}`);
  return name === undefined ? 0 : 1;
}

/** Both, also when the first one finds something. */
async function lint(args: readonly string[]): Promise<number> {
  const codes = [
    await runTool('biome', ['check', '--error-on-warnings', ...args]),
    await runTool('knip', []),
  ];
  return Math.max(...codes);
}

async function checkRecipes(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--write');
  if (unknown !== undefined) {
    console.error(`npm run recipes takes --write and nothing else, not "${unknown}".`);
    return 1;
  }
  if (args.includes('--write')) {
    const changed = writeQuotes();
    console.log(changed.length === 0 ? 'Every quote is up to date.' : changed.join('\n'));
    return 0;
  }
  const ending = await runRecipes();
  if (ending !== undefined) return conclude([ending]);
  console.log('There are no recipes under docs/recipes/ yet.');
  return 0;
}
