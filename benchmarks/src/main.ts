/**
 * `npm run bench`: runafter side by side with its peers, one table.
 *
 * Read next: benches.ts for what there is, harness/run-bench.ts for how it is measured.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benches } from './benches.ts';
import { type CommandLine, readCommandLine, usage } from './command-line.ts';
import type { Effort } from './harness/duel.ts';
import { describeEnvironment, describeVersions } from './harness/environment.ts';
import { progressLine } from './harness/progress.ts';
import { type Section, withSections } from './harness/results-page.ts';
import { isMissed, toJsonLine } from './harness/row.ts';
import { runBench } from './harness/run-bench.ts';
import { makeScratchFolder } from './harness/scratch-folder.ts';
import { formatTable } from './harness/table.ts';

const fullEffort: Effort = { rounds: 9, warmUp: 300, roundTime: 60 };
const quickEffort: Effort = { rounds: 3, warmUp: 150, roundTime: 30 };

const resultsPage = join(import.meta.dirname, '../RESULTS.md');

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

async function run({ names, quick, json, check, only, write, help }: CommandLine): Promise<number> {
  if (help) {
    console.log(usage);
    return 0;
  }
  const effort = quick ? quickEffort : fullEffort;
  makeScratchFolder();
  const sections: Section[] = [];
  for (const name of names) {
    sections.push(await measure(name, { effort, only, quick }));
    // After each: whoever interrupts a long run keeps what it has found.
    if (write) writeSections(sections);
  }

  const rows = sections.flatMap((section) => section.rows);
  const missed = rows.filter(isMissed);
  console.log(legend(effort, missed.length));
  if (write) console.log('The results are in benchmarks/RESULTS.md.');
  if (json) console.log(toJsonLine(rows));
  return check && missed.length > 0 ? 1 : 0;
}

/** Runs one benchmark and prints its table. */
async function measure(
  name: string,
  options: { readonly effort: Effort; readonly only: string; readonly quick: boolean },
): Promise<Section> {
  const load = benches[name] as NonNullable<(typeof benches)[string]>;
  const bench = await load();
  console.log(`${bench.title}\n${describeEnvironment(bench.packages)}\n`);
  const studies: string[] = [];
  const rows = await runBench(name, bench, {
    ...options,
    progress: progressLine(),
    say: console.log,
    sayStudy: (text) => {
      console.log(text);
      studies.push(text);
    },
    signal: interrupted,
  });
  console.log(`${formatTable(rows)}\n`);
  const day = new Date().toISOString().slice(0, 10);
  const versions = describeVersions(bench.packages);
  return { name, title: bench.title, versions, quick: options.quick, day, rows, studies };
}

function writeSections(sections: readonly Section[]): void {
  const before = existsSync(resultsPage) ? readFileSync(resultsPage, 'utf8') : '';
  writeFileSync(resultsPage, withSections(before, sections, Object.keys(benches)));
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
