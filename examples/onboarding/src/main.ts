/**
 * The Monday batch: 200 new hires, several systems, 150 licences, and nobody half onboarded.
 *
 * Read next: onboarding.ts, the workflow; monday.ts, how it is run; proof.ts, how it is checked.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { toFault } from '@runafter/errors';
import { progressBar, silent } from '@runafter/example-weekly-reports/progress-bar';
import { databaseVariable } from './database/open-hr-database.ts';
import { redisVariable } from './distributed/redis-place.ts';
import { bought } from './licences.ts';
import { monday } from './monday.ts';
import { OptionError, readOptions, usage } from './options.ts';
import { readHires } from './read-hires.ts';
import { factsOf, isRight, killedText, type Paint, reportText } from './report.ts';

const ownInput = join(import.meta.dirname, '..', 'hires.csv');
const stop = new AbortController();

/** Green and red where stdout is a terminal with colours; plain text elsewhere. */
const paint: Paint = (text, verdict) => styleText(verdict === 'right' ? 'green' : 'red', text);

/** @returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const { json, kill, speed, concurrency, workers } = options;
  const say = (text: string): void => {
    if (!json) console.log(text);
  };
  const input = options.input === undefined ? ownInput : resolve(options.input);
  const hires = readHires(input);
  const licences = Object.values(bought).reduce((sum, count) => sum + count);
  say(`${hires.length} new hires and ${licences} licences, ${concurrency} hires at a time.`);

  const folder = await mkdtemp(join(tmpdir(), 'onboarding-'));
  try {
    const outcome = await monday(hires, {
      ...{ input, folder, speed, concurrency, workers, kill, signal: stop.signal },
      databaseUrl: process.env[databaseVariable],
      redisUrl: process.env[redisVariable],
      showProgress: (label, done) =>
        json ? silent : progressBar(label.padEnd(16), hires.length, process.stdout, done),
      onOpen: (url) =>
        say(`The stand-ins for the services are at ${url}, ${speed} times as fast.\n`),
      onKilled: (killed) => say(`\n${killedText(killed)}\n`),
    });
    if (json) console.log(JSON.stringify(factsOf(outcome)));
    say(`\n${reportText(outcome, speed, paint)}`);
    return isRight(outcome) ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
    stop.abort(new Error(`The onboarding was stopped by ${name}, before its end.`));
  });
}

try {
  const code = await main(process.argv.slice(2));
  process.exitCode ??= code;
} catch (error) {
  const code = explain(error);
  process.exitCode ??= code;
}
