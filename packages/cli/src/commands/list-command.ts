/**
 * `runafter list`: the runs of a store, the newest first.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import type { RunQuery, Status, StoredRun } from '@runafter/core';
import { command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../json-output.ts';
import { withStore } from '../open-store.ts';
import { parseCount, parseDurationOption, parseStatuses } from '../option-values.ts';
import { printable } from '../printable.ts';
import type { Style } from '../session.ts';
import { storeOption } from '../shared-options.ts';
import { colourOf } from '../status-colour.ts';
import { textTable } from '../text-table.ts';
import { shortened } from '../text-width.ts';

interface ListOptions {
  readonly store?: string;
  readonly status?: readonly (Status | 'Running')[];
  readonly workflow?: string;
  readonly since?: number;
  readonly limit: number;
}

const defaultLimit = 20;

export const listCommand: ReturnType<typeof command> = command<ListOptions>({
  name: 'list',
  summary: 'list the runs of a store, the newest first',
  arguments: [],
  options: [
    storeOption,
    {
      flags: '--status <status>',
      description:
        'only these: Running, Succeeded, Failed, TimedOut, Cancelled; with commas between',
      parse: parseStatuses,
    },
    { flags: '--workflow <name>', description: 'only runs of this workflow' },
    {
      flags: '--since <duration>',
      description: 'only runs that started within this time, such as 2h or 7d',
      parse: parseDurationOption,
    },
    { flags: '--limit <number>', description: 'at most so many; 20 by default', parse: parseCount },
  ],
  examples: [
    { what: 'The last 20', line: 'runafter list --store runs.db' },
    {
      what: 'What failed since yesterday',
      line: 'runafter list --store redis://localhost:6379 --status failed,timedout --since 1d',
    },
    {
      what: 'The ids of what has not ended',
      line: "runafter list --store runs.db --status running --json | jq -r '.runs[].runId'",
    },
  ],
  run: async ({ options }, session) => {
    const { status, workflow, since, limit = defaultLimit, json } = options;
    const { stdout, stderr, clock } = session;
    const now = clock.now();
    const query: RunQuery = {
      ...{ status, workflow, limit, order: 'newest' },
      startedAfter: since === undefined ? undefined : now - since,
    };
    const runs = await withStore(options.store, session, (store) => all(store.listRuns(query)), {
      readOnly: true,
    });
    if (json) writeJson(stdout, { runs: runs.map(asJson) });
    else if (runs.length === 0) stderr.write('There are no such runs.\n');
    else {
      stdout.write(
        textTable(
          columns,
          runs.map((run) => rowOf(run, now, stdout.style)),
          stdout.style,
        ),
      );
      if (runs.length === limit)
        stderr.write(stderr.style.dim(`There may be more: --limit ${limit * 2}\n`));
    }
    return exitCodes.ok;
  },
});

const columns = [
  { header: 'RUN' },
  { header: 'WORKFLOW' },
  { header: 'STATUS' },
  { header: 'STARTED' },
  { header: 'TOOK', align: 'right' },
  { header: 'ERROR' },
] as const;

function rowOf(
  { runId, workflow, startTime, end }: StoredRun,
  now: number,
  style: Style,
): string[] {
  const status = end?.status ?? 'Running';
  const took = Math.max(0, (end?.endTime ?? now) - startTime);
  return [
    printable(runId),
    printable(workflow),
    colourOf(status, style)(status),
    new Date(startTime).toISOString(),
    formatDuration(took < 1000 ? took : Math.round(took / 100) * 100),
    end?.error === undefined
      ? ''
      : shortened(printable(`${end.error.code}: ${end.error.message}`), 60),
  ];
}

async function all(runs: AsyncIterable<StoredRun>): Promise<readonly StoredRun[]> {
  const found: StoredRun[] = [];
  for await (const run of runs) found.push(run);
  return found;
}

/** A run as `list --json` writes it. */
function asJson({ runId, workflow, version, startTime, end, lease }: StoredRun): object {
  return {
    ...{ runId, workflow, version },
    status: end?.status ?? 'Running',
    error: end?.error,
    startTime: new Date(startTime).toISOString(),
    endTime: end && new Date(end.endTime).toISOString(),
    holder: end === undefined ? lease?.holder : undefined,
  };
}
