/**
 * What became of everything in a run, as one flat object that a test can compare.
 * @module
 */
import type { ActionRecord, Status } from '@runafter/core';

/**
 * Status by path, with the code where it did not succeed: `{ 'Orders[0]/Mail': 'Failed HTTP_429' }`.
 * Iterations stand beside their loop; a child workflow's own paths behind `Child > `.
 */
export function outline(
  records: readonly ActionRecord[],
  around = '',
): Readonly<Record<string, string>> {
  const lines: Record<string, string> = {};
  for (const record of records) {
    const path = around + record.path;
    lines[path] = line(record.status, record.code);
    for (const { path, status, ...rest } of record.iterations?.map(view) ?? []) {
      lines[around + path] = line(status, rest.code);
      Object.assign(lines, outline(rest.results, around));
    }
    if (record.iterations === undefined) {
      Object.assign(
        lines,
        outline(record.results, record.kind === 'child' ? `${path} > ` : around),
      );
    }
  }
  return lines;
}

type Iteration = NonNullable<ActionRecord['iterations']>[number];

function view(iteration: Iteration) {
  const { path, status, results } = iteration;
  return {
    path,
    status,
    results,
    code: iteration.status === 'Succeeded' ? '' : iteration.error.code,
  };
}

function line(status: Status, code: string): string {
  return status === 'Succeeded' ? status : `${status} ${code}`;
}
