/**
 * Every policy, criticality, end and position of a branch: how its scope and its run end, what becomes
 * of the branch beside it, and who is told.
 */
import { virtualClock } from '@runafter/clock';
import {
  type Criticality,
  type Flow,
  failed,
  type Handle,
  type Status,
  settled,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, test } from 'vitest';
import {
  allOrNothing,
  bestEffort,
  type FailurePolicy,
  graduated,
  policyScope,
} from '../src/index.ts';

const policies: Readonly<Record<string, FailurePolicy>> = {
  allOrNothing,
  bestEffort,
  graduated,
  'critical, finish': { criticality: 'critical', rest: 'finish' },
  'important, cancel': { criticality: 'important', rest: 'cancel' },
};

const declarations = ['nothing', 'critical', 'important', 'optional'] as const;
const ends = ['Succeeded', 'Failed', 'TimedOut', 'Skipped'] as const;
const positions = ['leaf', 'inner', 'handled', 'settled', 'nested', 'in a loop'] as const;

interface Row {
  readonly policy: string;
  readonly declared: (typeof declarations)[number];
  readonly ended: (typeof ends)[number];
  readonly position: (typeof positions)[number];
}

const rows: readonly Row[] = Object.keys(policies).flatMap((policy) =>
  declarations.flatMap((declared) =>
    ends.flatMap((ended) => positions.map((position) => ({ policy, declared, ended, position }))),
  ),
);

describe.each(positions)('a branch that is %s', (position) => {
  test.each(rows.filter((row) => row.position === position))(
    'under $policy, declared $declared, ended $ended',
    async (row) => {
      const told: string[] = [];
      const flow = workflow('Table', (flow) => {
        const policy = policies[row.policy] as FailurePolicy;
        const onFlagged = ({ path }: { readonly path: string }) => void told.push(path);
        policyScope(flow, 'Scope', [], { ...policy, onFlagged }, (scope) => {
          scope.delay('Other', [], '1h', { criticality: 'critical' });
          put(scope, row);
        });
      });
      const run = start(flow, undefined, { clock: virtualClock({ autoAdvance: true }) });
      const { status, flagged } = await run.finished;

      const expected = expectedOf(row);
      expect(run.result('Scope')?.status).toBe(expected.status);
      expect(status).toBe(expected.status);
      expect(run.result('Scope/Other')?.status).toBe(expected.other);
      expect(told).toEqual(expected.told);
      expect(flagged.map(({ path }) => path)).toEqual(expected.told);
    },
  );
});

/** The branch at its position, with what is around it or after it. */
function put<S>(scope: Flow<unknown, S>, { declared, ended, position }: Row): void {
  switch (position) {
    case 'leaf':
      add(scope, ended, declared);
      return;
    case 'inner':
      scope.action('Then', [add(scope, ended, declared)], () => 1);
      return;
    case 'handled':
      scope.action('Then', [failed(add(scope, ended, declared))], () => 1);
      return;
    case 'settled':
      scope.action('Then', [settled(add(scope, ended, declared))], () => 1);
      return;
    case 'nested':
      scope.scope('Inside', [], (inside) => void add(inside, ended, declared));
      return;
    case 'in a loop':
      scope.forEach(
        'Loop',
        [],
        () => ['only'],
        (each) => void add(each, ended, declared),
      );
  }
}

function add<S, X>(
  flow: Flow<unknown, S, X>,
  ended: Row['ended'],
  declared: Row['declared'],
): Handle<S, unknown> {
  const options = declared === 'nothing' ? {} : { criticality: declared };
  if (ended === 'TimedOut') {
    const hang = ({ signal }: { readonly signal: AbortSignal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    return flow.action('Branch', hang, { timeout: '1s', ...options });
  }
  if (ended === 'Skipped') {
    const before = flow.action('Before', () => 1, { criticality: 'critical' });
    return flow.action('Branch', [failed(before)], () => 1, options);
  }
  const run = () => {
    if (ended === 'Failed') throw new Error('It is down.');
    return 1;
  };
  return flow.action('Branch', run, options);
}

/** The rules once more, in the words of the leaf rule. */
function expectedOf({ policy, declared, ended, position }: Row) {
  const { criticality, rest } = policies[policy] as FailurePolicy;
  const fails = ended === 'Failed' || ended === 'TimedOut';
  const isInside = position === 'nested' || position === 'in a loop';
  // A policy speaks for the branches of its own scope, not for those further in.
  const unsaid: Criticality = isInside ? 'critical' : criticality;
  const own = declared === 'nothing' ? unsaid : declared;
  const insideFails = isInside && fails && own === 'critical';
  const scopeFails = {
    leaf: fails && own === 'critical',
    // The leaf is skipped: it fails the scope if it is critical, or if what it waited for is.
    inner: fails && (criticality === 'critical' || own === 'critical'),
    handled: false,
    settled: false,
    nested: insideFails && criticality === 'critical',
    'in a loop': insideFails && criticality === 'critical',
  }[position];
  const container = position === 'nested' ? 'Scope/Inside' : 'Scope/Loop';
  const branch = { nested: 'Inside/Branch', 'in a loop': 'Loop[0]/Branch' }[position as string];
  const other: Status = scopeFails && rest === 'cancel' ? 'Cancelled' : 'Succeeded';
  return {
    status: scopeFails ? 'Failed' : 'Succeeded',
    other,
    told: [
      ...(fails && own === 'important' ? [`Scope/${branch ?? 'Branch'}`] : []),
      ...(insideFails && criticality === 'important' ? [container] : []),
    ],
  };
}
