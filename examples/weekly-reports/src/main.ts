/**
 * The demo: 30 weekly reports over HTTP, as people write it and with runafter, and what each lost.
 *
 * Read next: weekly-reports.ts and naive.ts, the two programs; compare.ts, which measures them;
 * kill-half-way.ts, which kills one of them.
 * @module
 */
import { constants } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { toFault } from '@runafter/errors';
import { recordWaits } from '@runafter/report';
import { reportsAtOnce } from './at-once.ts';
import { type Compared, type CompareOptions, compare } from './compare.ts';
import { lostNothing } from './comparison.ts';
import { comparisonTable, type Paint } from './comparison-table.ts';
import { type Database, openDatabase } from './database.ts';
import { drawRun } from './draw-run.ts';
import { killHalfWay, type LeftBehind, type Survived } from './kill-half-way.ts';
import { isUnharmed, killFactsOf, killText, leftBehindText } from './kill-report.ts';
import { OptionError, type Options, readOptions, usage } from './options.ts';
import { type Progress, progressBar, silent } from './progress-bar.ts';
import { readReports } from './read-reports.ts';
import type { Report } from './report.ts';

const input = join(import.meta.dirname, '..', 'reports.csv');
const stop = new AbortController();
const { signal } = stop;

/** Green and red where stdout is a terminal with colours; plain text elsewhere. */
const paint: Paint = (text, verdict) => styleText(verdict === 'right' ? 'green' : 'red', text);

/** @returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const { json, kill, keep, report } = options;
  const say = (text: string): void => {
    if (!json) console.log(text);
  };
  const reports = readReports(input);
  say(`${reports.length} weekly reports over HTTP, ${atOnceText(options)}.\n`);

  await using database = await openDatabase(keep);
  const waits = recordWaits();
  const compared = await compareBoth(
    reports,
    options,
    { store: database.store, telemetry: waits },
    say,
  );
  const killed = kill ? await killOne(reports, options, database, say) : undefined;
  if (json) {
    const facts = killed && { kill: killFactsOf(killed) };
    console.log(JSON.stringify({ ...compared.comparison, ...facts }));
  }
  if (keep !== undefined) say(`\nThe runs are kept in ${database.file}.`);
  if (!json || report !== undefined) {
    const { store } = database;
    const picture = await drawRun(store, compared.runId, { recorded: waits.waits, file: report });
    say(`\nA picture of the run with runafter:\n${picture}`);
  }

  const { comparison, statuses } = compared;
  const isRight = lostNothing(comparison, comparison.runafter, statuses);
  return isRight && (killed === undefined || isUnharmed(killed, comparison.expected)) ? 0 : 1;
}

function atOnceText({ adaptive }: Options): string {
  const computed = `${reportsAtOnce} at a time: a third of what SharePoint takes`;
  return adaptive ? `${computed}, and with runafter as many as turn out well` : computed;
}

async function compareBoth(
  reports: readonly Report[],
  { json, fail, speed, adaptive }: Options,
  { store, telemetry }: Pick<CompareOptions, 'store' | 'telemetry'>,
  say: (text: string) => void,
): Promise<Compared> {
  const showProgress = progressOf(reports, json);
  const compared = await compare(reports, {
    ...{ fail, speed, adaptive, store, telemetry, signal, showProgress },
  });
  say(`\n${comparisonTable(compared.comparison, speed, paint)}`);
  const failed = compared.rows.find(({ Status }) => Status === 'Failed');
  if (failed) say(`\nThe note on "${failed.Title}":\n${failed.Note}`);
  return compared;
}

async function killOne(
  reports: readonly Report[],
  { json, fail, speed, adaptive }: Options,
  database: Database,
  say: (text: string) => void,
): Promise<Survived> {
  say('\nOnce more, in a process that is killed half-way.\n');
  const showProgress = progressOf(reports, json);
  const onKilled = (left: LeftBehind): void => say(`\n${leftBehindText(left)}\n`);
  const options = { fail, speed, adaptive, database, signal, showProgress, onKilled };
  const survived = await killHalfWay(reports, options);
  say(`\n${killText(survived, paint)}`);
  return survived;
}

/** A bar for each program; nothing where the output is for another program. */
function progressOf(reports: readonly Report[], json: boolean) {
  return (program: string, before = 0): Progress =>
    json ? silent : progressBar(program.padEnd(18), reports.length, process.stdout, before);
}

/** @returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof OptionError) {
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
  console.error(toFault(error).message);
  return 1;
}

// Once: a second Ctrl-C ends the program at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    process.exitCode = 128 + constants.signals[name];
    stop.abort(new Error(`It was stopped by ${name}.`));
  });
}

try {
  const code = await main(process.argv.slice(2));
  process.exitCode ??= code;
} catch (error) {
  const code = explain(error);
  process.exitCode ??= code;
}
