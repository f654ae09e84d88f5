/**
 * What is wrong with the result of a run, by the oracle.
 * @module
 */
import type { RunResult } from '@runafter/core';
import { differences, type Recorded } from '../../../packages/core/test/model/compare.ts';
import type { Expected } from '../../../packages/core/test/model/expected.ts';
import { sagaName } from './saga-plans.ts';

/** One line each; none: it is the oracle's, but for the times. */
export function resultComplaints(expected: Expected, result: RunResult<unknown>): string[] {
  const records = withoutUndoing(result as unknown as Recorded);
  return differences(expected, records, { origin: undefined });
}

/** The oracle knows a saga as a scope, without the records of what it does in the end. */
function withoutUndoing(record: Recorded): Recorded {
  const { results, iterations, repetitions } = record;
  const steps = record.name === sagaName ? results.filter(isStep) : results;
  return {
    ...visible(record),
    results: steps.map(withoutUndoing),
    ...(iterations && { iterations: iterations.map(withoutUndoing) }),
    ...(repetitions && { repetitions: repetitions.map(withoutUndoing) }),
  };
}

function isStep({ name = '' }: Recorded): boolean {
  return !/^(Undo_|Saga_Report$)/.test(name);
}

/** Most of a record's properties are getters, which a copy would lose. */
function visible(record: Recorded): Recorded {
  const { name, path, index, status, inputs, outputs, error } = record;
  const { startTime, endTime, attempts, results, counts } = record;
  return {
    ...{ status, outputs, error, startTime, endTime, results, counts },
    ...(name !== undefined && { name }),
    ...(path !== undefined && { path }),
    ...(index !== undefined && { index }),
    ...(inputs !== undefined && { inputs }),
    ...(attempts !== undefined && { attempts }),
  };
}
