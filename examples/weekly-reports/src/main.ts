/**
 * The demo: 30 weekly reports over HTTP, as people write it and with runafter, and what each lost.
 *
 * Read next: weekly-reports.ts and naive.ts, the two programs; compare.ts, which measures them.
 * @module
 */
import { constants } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { toFault } from '@runafter/errors';
import { type CompareOptions, compare } from './compare.ts';
import { lostNothing } from './comparison.ts';
import { comparisonTable, type Paint } from './comparison-table.ts';
import { OptionError, readOptions, usage } from './options.ts';
import { progressBar, silent } from './progress-bar.ts';
import { readReports } from './read-reports.ts';

const input = join(import.meta.dirname, '..', 'reports.csv');
const stop = new AbortController();

/** Green and red where stdout is a terminal with colours; plain text elsewhere. */
const paint: Paint = (text, verdict) => styleText(verdict === 'right' ? 'green' : 'red', text);

/** @returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { help, json, fail, speed } = readOptions(args);
  if (help) {
    console.log(usage);
    return 0;
  }
  const reports = readReports(input);
  if (!json) console.log(`${reports.length} weekly reports over HTTP, 10 at a time.\n`);

  const showProgress: CompareOptions['showProgress'] = (program) =>
    json ? silent : progressBar(program.padEnd(18), reports.length, process.stdout);
  const options = { fail, speed, signal: stop.signal, showProgress };
  const { comparison, rows, statuses } = await compare(reports, options);

  if (json) console.log(JSON.stringify(comparison));
  else {
    console.log(`\n${comparisonTable(comparison, speed, paint)}`);
    const failed = rows.find(({ Status }) => Status === 'Failed');
    if (failed) console.log(`\nThe note on "${failed.Title}":\n${failed.Note}`);
  }
  return lostNothing(comparison, statuses) ? 0 : 1;
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
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.exitCode = 128 + constants.signals[signal];
    stop.abort(new Error(`It was stopped by ${signal}.`));
  });
}

try {
  const code = await main(process.argv.slice(2));
  process.exitCode ??= code;
} catch (error) {
  const code = explain(error);
  process.exitCode ??= code;
}
