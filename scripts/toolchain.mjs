/**
 * `node scripts/toolchain.mjs TASK …`: makes sure that the right Node, the right pnpm and all
 * dependencies are there, then runs a task of tasks.ts. Each npm script of the workspace is such a
 * line, so a fresh clone needs nothing but Node 20 and npm.
 *
 * Invariant: no dependencies, and no syntax newer than Node 20. It starts itself again under the
 * pinned versions at most once; the environment variable RUNAFTER_TOOLCHAIN says that it did.
 * Read next: toolchain-plan.mjs for the decisions, tasks.ts for the tasks.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { captureProgram, runProgram } from './run-program.mjs';
import { plan, readCommandLine, readPins } from './toolchain-plan.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pins = readPins({
  nodeVersionFile: readFileSync(join(root, '.node-version'), 'utf8'),
  manifest: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
});
const pinned = [`--package=node@${pins.node}`, `--package=pnpm@${pins.pnpm}`];
const ownToolchain = `npm exec ${pinned.join(' ')} -- bash`;

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} argv */
async function main(argv) {
  const next = plan(
    {
      node: process.versions.node,
      pnpm: pnpmVersion(),
      switched: process.env.RUNAFTER_TOOLCHAIN === 'switched',
    },
    pins,
  );
  if (next.step === 'switch') return switchToolchain(next.why, argv);
  if (next.step === 'refuse') {
    return fail(
      `The toolchain does not fit although npm was asked for Node ${pins.node} and pnpm ${pins.pnpm}: ${next.why}.`,
      'Something puts another Node or pnpm first on the PATH. Install these two versions yourself,',
      `or work in a shell that has them: ${ownToolchain}`,
    );
  }
  const failure = await installDependencies();
  if (failure !== 0) return failure;
  const { runTask } = await import('./tasks.ts');
  const { task, args } = readCommandLine(argv);
  return runTask(task, args);
}

/** @returns {string | undefined} the version of the pnpm on the PATH, if there is one. */
function pnpmVersion() {
  const { status, stdout } = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Lets npm fetch the pinned Node and pnpm (once: npm keeps them) and starts this script under them.
 *
 * npm is only asked for their PATH. Run below npm itself, the task would be two more processes away
 * from the terminal, and a failed download would look like a failed task.
 *
 * @param {string} why
 * @param {string[]} argv
 */
async function switchToolchain(why, argv) {
  process.stderr.write(
    `${why}: using Node ${pins.node} and pnpm ${pins.pnpm} from npm (the first time takes a while).\n`,
  );
  const fetched = await captureProgram(
    'npm',
    ['exec', '--yes', '--loglevel=error', ...pinned, '--', 'node', '-p', 'process.env.PATH'],
    { cwd: root },
  ).catch((error) => ({ code: 1, stdout: '', output: String(error) }));
  if (fetched.code !== 0) {
    return fail(
      `npm could not fetch Node ${pins.node} and pnpm ${pins.pnpm}. It said:`,
      fetched.output.trim(),
      'Check that the registry answers (npm ping), or install these two versions yourself.',
    );
  }
  const PATH = fetched.stdout.trim().split('\n').at(-1);
  return runProgram('node', [fileURLToPath(import.meta.url), ...argv], {
    env: { ...process.env, PATH, RUNAFTER_TOOLCHAIN: 'switched' },
  });
}

/** pnpm itself sees within a fraction of a second that nothing is to be done. */
async function installDependencies() {
  if (!existsSync(join(root, 'node_modules'))) process.stderr.write('Installing dependencies …\n');
  const { code, output } = await captureProgram('pnpm', ['install', '--frozen-lockfile'], {
    cwd: root,
  });
  if (code === 0) return 0;
  return fail(
    'pnpm install --frozen-lockfile failed. It said:',
    output.trim(),
    'After a change of dependencies, run `pnpm install` and commit pnpm-lock.yaml.',
    `A shell that has the right Node and pnpm: ${ownToolchain}`,
  );
}

/** @param {string[]} lines */
function fail(...lines) {
  process.stderr.write(`${lines.join('\n')}\n`);
  return 1;
}
