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
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { captureProgram, runProgram } from './run-program.mjs';
import { plan, readCommandLine, readPins } from './toolchain-plan.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pins = readPins({
  nodeVersionFile: readFileSync(join(root, '.node-version'), 'utf8'),
  manifest: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
});
const pinned = [`--package=node@${pins.node}`, `--package=pnpm@${pins.pnpm}`];
const shellWithPins = `npm exec ${pinned.join(' ')} -- bash`;

/** The folder of the pinned programs, when this process runs under them because it switched. */
const switchedTo = process.env.RUNAFTER_TOOLCHAIN;
/** Where that folder is noted, so that npm (which may ask the registry) is not asked again. */
const note = join(root, 'node_modules/.cache/runafter-toolchain');

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} argv */
async function main(argv) {
  const found = {
    node: process.versions.node,
    pnpm: pnpmVersion(),
    switched: switchedTo !== undefined,
  };
  const next = plan(found, pins);
  if (next.step === 'switch') return switchToolchain(next.why, argv);
  if (next.step === 'refuse') {
    return fail(
      `The toolchain does not fit although npm was asked for Node ${pins.node} and pnpm ${pins.pnpm}: ${next.why}.`,
      'Something puts another Node or pnpm first on the PATH. Install these two versions yourself,',
      `or work in a shell that has them: ${shellWithPins}`,
    );
  }
  const failure = await installDependencies();
  if (failure !== 0) return failure;
  if (switchedTo !== undefined) writeNote(switchedTo);
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
 * Starts this script again under the pinned Node and pnpm.
 *
 * npm only fetches them and says where they are. Run below npm itself, the task would be two more
 * processes away from the terminal, and a failed download would look like a failed task.
 *
 * @param {string} why
 * @param {string[]} argv
 */
async function switchToolchain(why, argv) {
  const folder = readNote() ?? (await fetchPinned(why));
  if (folder === undefined) return 1;
  return runProgram(join(folder, 'node'), [fileURLToPath(import.meta.url), ...argv], {
    env: {
      ...process.env,
      PATH: folder + delimiter + process.env.PATH,
      RUNAFTER_TOOLCHAIN: folder,
    },
  });
}

/**
 * @param {string} why
 * @returns {Promise<string | undefined>} the folder of the pinned programs; undefined after a failure
 *   that has been reported.
 */
async function fetchPinned(why) {
  process.stderr.write(
    `${why}: getting Node ${pins.node} and pnpm ${pins.pnpm} from npm, for this workspace only …\n`,
  );
  const args = ['exec', '--yes', '--loglevel=error', ...pinned, '--'];
  const { code, stdout, output } = await captureProgram(
    'npm',
    [...args, 'node', '-p', 'process.env.PATH'],
    { cwd: root },
  ).catch((error) => ({ code: 1, stdout: '', output: String(error) }));
  // npm puts the folder with what it fetched in front of the PATH.
  const [folder = ''] = (stdout.trim().split('\n').at(-1) ?? '').split(delimiter);
  if (code === 0 && existsSync(join(folder, 'node'))) return folder;
  fail(
    `npm could not get Node ${pins.node} and pnpm ${pins.pnpm}. It said:`,
    output.trim(),
    'Check that the registry answers (npm ping), or install these two versions yourself.',
  );
  return undefined;
}

/** @returns {string | undefined} the folder that the last switch led to, if it is still right. */
function readNote() {
  if (!existsSync(note)) return undefined;
  const [node, pnpm, folder = ''] = readFileSync(note, 'utf8').split('\n');
  const isRight = node === pins.node && pnpm === pins.pnpm && existsSync(join(folder, 'node'));
  return isRight ? folder : undefined;
}

/** @param {string} folder */
function writeNote(folder) {
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, [pins.node, pins.pnpm, folder].join('\n'));
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
    `A shell that has the right Node and pnpm: ${shellWithPins}`,
  );
}

/** @param {string[]} lines */
function fail(...lines) {
  process.stderr.write(`${lines.join('\n')}\n`);
  return 1;
}
