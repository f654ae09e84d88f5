/**
 * `npm run bench`: runafter side by side with its peers, one table.
 *
 * Read next: benches.ts for what there is, harness/run-bench.ts for how it is measured.
 * @module
 */
import { benches } from './benches.ts';
import { type CommandLine, readCommandLine, usage } from './command-line.ts';
import type { Effort } from './harness/duel.ts';
import { describeEnvironment } from './harness/environment.ts';
import { progressLine } from './harness/progress.ts';
import { isMissed, type Row, toJsonLine } from './harness/row.ts';
import { type RunOptions, runBench } from './harness/run-bench.ts';
import { makeScratchFolder } from './harness/scratch-folder.ts';
import { formatTable } from './harness/table.ts';

const fullEffort: Effort = { rounds: 9, warmUp: 300, roundTime: 60 };
const quickEffort: Effort = { rounds: 3, warmUp: 150, roundTime: 30 };

/** Aborts at the first Ctrl-C, so that everything is cleared away; a second one ends the program at once. */
const interrupted = interruptSignal();

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(readCommandLine(args, Object.keys(benches)));
  } catch (error) {
    if (interrupted.aborted) return 130;
    console.error((error as Error).message);
    return 1;
  }
}

async function run({ names, quick, json, check, only, help }: CommandLine): Promise<number> {
  if (help) {
    console.log(usage);
    return 0;
  }
  const effort = quick ? quickEffort : fullEffort;
  makeScratchFolder();
  const rows: Row[] = [];
  for (const name of names) rows.push(...(await report(name, { effort, only, quick })));

  const missed = rows.filter(isMissed);
  console.log(legend(effort, missed.length));
  if (json) console.log(toJsonLine(rows));
  return check && missed.length > 0 ? 1 : 0;
}

/** Runs one benchmark and prints its table. */
async function report(
  name: string,
  options: Pick<RunOptions, 'effort' | 'only' | 'quick'>,
): Promise<Row[]> {
  const load = benches[name];
  if (load === undefined) return [];
  const bench = await load();
  console.log(`${bench.title}\n${describeEnvironment(bench.packages)}\n`);
  const rows = await runBench(name, bench, {
    ...options,
    progress: progressLine(),
    say: console.log,
    signal: interrupted,
  });
  console.log(`${formatTable(rows)}\n`);
  return rows;
}

function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  // Not once(): libraries that see no other listener any more end the process themselves.
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new Error('It was interrupted.'));
    });
  }
  return controller.signal;
}

function legend({ rounds }: Effort, missed: number): string {
  return [
    'ratio = our cost / theirs, smaller is better; spread = the ratios of single rounds, the noise of this machine;',
    `every cost is a median of ${rounds}, or what the table of its own says. ${missed === 0 ? 'Every target is met.' : `Missed targets: ${missed}.`}`,
  ].join('\n');
}
