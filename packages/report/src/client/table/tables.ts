/**
 * The page's three tables: failures, the definition, and every execution.
 * @module
 */
import { formatBytes, formatCount, formatDuration } from '../../page/format.ts';
import { isFailure, statusOf, statusWords } from '../../page/view-status.ts';
import type { ExecutionView, NodeView } from '../../view/run-view.ts';
import { byId, element, statusIcon } from '../element.ts';
import { showFilterChip } from '../filter-chip.ts';
import { errorLine } from '../inspector.ts';
import type { PageState } from '../page-state.ts';
import { type Column, DataTable } from './data-table.ts';

export function setUpTables(state: PageState): void {
  const { executions, nodes } = state.view;
  const failures = executions.filter(isFailure);
  if (failures.length > 0) failuresTable(failures, state);
  nodesTable(nodes, state);
  executionsTable(executions, state);
}

function failuresTable(rows: readonly ExecutionView[], state: PageState): void {
  const table = new DataTable<ExecutionView>({
    place: place('failures', state),
    name: 'Failures',
    rowName: 'failure',
    rows,
    text: textOf,
    statuses: ({ status }) => [status],
    columns: [
      pathColumn(state),
      statusColumn,
      {
        title: 'Error',
        value: ({ error }) => error?.code,
        show: ({ error }) => (error === undefined ? '' : errorLine(error)),
      },
      attemptsColumn,
      startColumn(state),
    ],
  });
  state.filter.watch(() => table.keepTo((row) => state.isShown(row)));
}

function executionsTable(rows: readonly ExecutionView[], state: PageState): void {
  const waited = ({ waits }: ExecutionView): number =>
    waits.reduce((sum, { startTime, endTime }) => sum + endTime - startTime, 0);
  const table = new DataTable<ExecutionView>({
    place: place('executions', state),
    name: 'Executions',
    rowName: 'execution',
    rows,
    text: textOf,
    statuses: ({ status }) => [status],
    choices: {
      'On the critical path': ({ path }) => state.marked.critical.has(path),
      'On the deciding chain': ({ path }) => state.marked.deciding.has(path),
      'Tried again': ({ attempts }) => attempts.length > 1,
      'Refused (429)': ({ attempts }) => attempts.some(({ throttled }) => throttled),
    },
    columns: [
      pathColumn(state),
      statusColumn,
      startColumn(state),
      {
        title: 'Took',
        isNumber: true,
        value: duration,
        show: (row) => formatDuration(duration(row)),
      },
      {
        title: 'Waited',
        isNumber: true,
        value: waited,
        show: (row) => (waited(row) === 0 ? '' : formatDuration(waited(row))),
      },
      attemptsColumn,
      {
        title: 'Output',
        isNumber: true,
        value: ({ payloadBytes }) => payloadBytes,
        show: ({ payloadBytes }) => (payloadBytes === undefined ? '' : formatBytes(payloadBytes)),
      },
    ],
  });
  state.filter.watch(() => table.keepTo((row) => state.isShown(row)));
}

function nodesTable(rows: readonly NodeView[], state: PageState): void {
  const payload = payloadByAddress(state.view.executions);
  const count = ({ counts }: NodeView): number =>
    Object.values(counts).reduce((sum, one) => sum + one, 0);
  const time = (
    title: string,
    value: (node: NodeView) => number | undefined,
  ): Column<NodeView> => ({
    title,
    isNumber: true,
    value,
    show: (node) => {
      const milliseconds = value(node);
      return milliseconds === undefined ? '' : formatDuration(milliseconds);
    },
  });
  const table = new DataTable<NodeView>({
    place: place('actions', state),
    name: 'Definition',
    rowName: 'node',
    rows,
    text: ({ address, kind, of = '' }) => `${address} ${kind} ${of}`,
    statuses: ({ counts }) => {
      const statuses = Object.keys(counts) as (keyof typeof counts)[];
      return statuses.length === 0 ? ['Pending'] : statuses;
    },
    columns: [
      {
        title: 'Node',
        value: ({ address }) => address,
        show: (node) => {
          const keep = element(
            'button',
            { type: 'button', class: 'link' },
            element('code', {}, node.address),
          );
          keep.addEventListener('click', () =>
            state.keepTo({ label: node.name, addresses: [node.address] }),
          );
          return keep;
        },
      },
      { title: 'Kind', value: ({ kind, of }) => of ?? kind },
      {
        title: 'Status',
        value: ({ counts }) => statusOf(counts),
        show: ({ counts }) => statusCell(statusOf(counts)),
      },
      { title: 'Times', isNumber: true, value: count, show: (node) => formatCount(count(node)) },
      {
        title: 'Failed',
        isNumber: true,
        value: ({ counts }) => (counts.Failed ?? 0) + (counts.TimedOut ?? 0) || undefined,
      },
      time('Busy', ({ busy }) => busy),
      time('Median', ({ median }) => median),
      time('95 %', ({ p95 }) => p95),
      {
        title: 'Largest output',
        isNumber: true,
        value: ({ address }) => payload.get(address),
        show: ({ address }) => {
          const bytes = payload.get(address);
          return bytes === undefined ? '' : formatBytes(bytes);
        },
      },
    ],
  });
  state.filter.watch((filter) =>
    table.keepTo(({ address }) => filter?.includes.has(address) ?? true),
  );
}

/** The place of a table, with the chip of the filter over it. */
function place(id: string, state: PageState): HTMLElement {
  const chip = element('div', { class: 'chip-row' });
  const table = element('div');
  byId(id).replaceChildren(chip, table);
  showFilterChip(chip, state);
  return table;
}

function pathColumn(state: PageState): Column<ExecutionView> {
  return {
    title: 'Path',
    value: ({ path }) => path,
    show: (row) => {
      const choose = element(
        'button',
        { type: 'button', class: 'link' },
        element('code', {}, row.path),
      );
      choose.addEventListener('click', () => {
        state.chosen.value = row;
        byId('inspector').scrollIntoView({ block: 'center' });
      });
      return choose;
    },
  };
}

const statusColumn: Column<ExecutionView> = {
  title: 'Status',
  value: ({ status }) => status,
  show: ({ status }) => statusCell(status),
};

const attemptsColumn: Column<ExecutionView> = {
  title: 'Attempts',
  isNumber: true,
  value: ({ attempts }) => (attempts.length === 0 ? undefined : attempts.length),
};

function startColumn({ view }: PageState): Column<ExecutionView> {
  return {
    title: 'Started',
    isNumber: true,
    value: ({ startTime }) => startTime,
    show: ({ startTime }) => `+${formatDuration(startTime - view.startTime)}`,
  };
}

function statusCell(status: Parameters<typeof statusWords>[0]): HTMLElement {
  return element(
    'span',
    { class: `status ${status}` },
    statusIcon(status),
    ` ${statusWords(status)}`,
  );
}

function textOf({ path, error }: ExecutionView): string {
  return error === undefined ? path : `${path} ${error.code} ${error.message}`;
}

function duration({ startTime, endTime }: ExecutionView): number {
  return endTime - startTime;
}

function payloadByAddress(executions: readonly ExecutionView[]): Map<string, number> {
  const largest = new Map<string, number>();
  for (const { address, kind, payloadBytes } of executions) {
    if (payloadBytes === undefined || kind === 'iteration') continue;
    largest.set(address, Math.max(largest.get(address) ?? 0, payloadBytes));
  }
  return largest;
}
