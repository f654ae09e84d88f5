/**
 * `runafter inspect RUN [PATH]`: a run as it is stored, and what has ended in it.
 *
 * Invariant: outcomes are written as they are read, so that a loop of a million items needs no memory.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import {
  inspectRun,
  type OutcomeInspection,
  type RunInspection,
  type Status,
} from '@runafter/core';
import { command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { toJson } from '../json-output.ts';
import { withStore } from '../open-store.ts';
import { parseStatuses } from '../option-values.ts';
import { printable } from '../printable.ts';
import type { Output } from '../session.ts';
import { storeOption } from '../shared-options.ts';
import { colourOf } from '../status-colour.ts';
import { shortened } from '../text-width.ts';

interface InspectOptions {
  readonly store?: string;
  readonly status?: readonly (Status | 'Running')[];
}

export const inspectCommand: ReturnType<typeof command> = command<InspectOptions>({
  name: 'inspect',
  summary: 'show a run as it is stored, and what has ended in it',
  arguments: [
    { name: '<run>', description: 'the id of the run' },
    {
      name: '[path]',
      description:
        'what to look into: Orders for the items of a loop, Orders[3] for what is in one',
    },
  ],
  options: [
    storeOption,
    {
      flags: '--status <status>',
      description: 'only what ended like this: Succeeded, Failed, Skipped, …; with commas between',
      parse: parseStatuses,
    },
  ],
  examples: [
    { what: 'The run, and its first level', line: 'runafter inspect order-17 --store runs.db' },
    {
      what: 'The items that failed',
      line: 'runafter inspect week-47 Reports --status failed,timedout --store runs.db',
    },
    {
      what: 'What one of them did',
      line: "runafter inspect week-47 'Reports[3]' --store runs.db --json",
    },
  ],
  run: async ({ args: [runId = '', path = ''], options }, session) => {
    const inspect = async (store: Parameters<typeof inspectRun>[0]): Promise<void> => {
      const run = await inspectRun(store, runId);
      const statuses = options.status?.filter((status) => status !== 'Running');
      const outcomes = run.outcomes(path, statuses === undefined ? {} : { statuses });
      if (options.json) await writeAsJson(run, outcomes, session.stdout);
      else await writeAsText(run, outcomes, session.stdout);
    };
    await withStore(options.store, session, inspect, { readOnly: true });
    return exitCodes.ok;
  },
});

async function writeAsText(
  run: RunInspection,
  outcomes: AsyncIterable<OutcomeInspection>,
  output: Output,
): Promise<void> {
  const { style } = output;
  const { status, startTime, endTime, lease } = run;
  output.write(`${style.bold(printable(run.workflow))}  run ${printable(run.runId)}\n`);
  const took = endTime && `, took ${formatDuration(endTime.getTime() - startTime.getTime())}`;
  output.write(
    `${colourOf(status, style)(status)}  started ${startTime.toISOString()}${took ?? ''}\n`,
  );
  if (run.error !== undefined) output.write(`${run.error.code}: ${printable(run.error.message)}\n`);
  if (endTime === undefined && lease !== undefined)
    output.write(`Held by ${printable(lease.holder)}\n`);
  if (run.input !== undefined) output.write(`Input: ${shortened(toJson(run.input), 200)}\n`);
  let count = 0;
  for await (const outcome of outcomes) {
    count++;
    output.write(outcomeLine(outcome, output));
  }
  if (count === 0) output.write(style.dim('Nothing has ended there.\n'));
}

function outcomeLine(outcome: OutcomeInspection, { style }: Output): string {
  const { path, status, attempt, error, outputs, startTime, endTime } = outcome;
  const facts = [
    formatDuration(endTime.getTime() - startTime.getTime()),
    ...(attempt > 1 ? [`${attempt} attempts`] : []),
  ].join(', ');
  const result = error === undefined ? outputs : `${error.code}: ${error.message}`;
  const text = typeof result === 'string' ? result : toJson(result);
  const shown = result === undefined ? '' : `  ${shortened(printable(text), 100)}`;
  return `  ${colourOf(status, style)(status)}  ${printable(path)}  ${style.dim(facts)}${shown}\n`;
}

/** One document, written piece by piece. */
async function writeAsJson(
  run: RunInspection,
  outcomes: AsyncIterable<OutcomeInspection>,
  output: Output,
): Promise<void> {
  const { outcomes: _, ...facts } = run;
  output.write(`{"run":${toJson(facts)},\n"outcomes":[`);
  let separator = '\n';
  for await (const outcome of outcomes) {
    output.write(`${separator}${toJson(outcome)}`);
    separator = ',\n';
  }
  output.write(']}\n');
}
