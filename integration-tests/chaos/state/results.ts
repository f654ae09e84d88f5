/**
 * What a backend has come to, and whether it is right.
 *
 * Invariant: a run without kills, or without lost replies where replies can be lost, shows nothing and is
 * a failure.
 * @module
 */

/** What went wrong on the way. */
export interface Damage {
  readonly kills: number;
  /** Null where nothing goes over a network. */
  readonly lostReplies: number | null;
  readonly outages: number;
}

/** What it took. */
export interface Effort {
  readonly processes: number;
  readonly seconds: number;
  /** For how long nothing was acknowledged at most, in seconds. */
  readonly longestPause: number;
}

/** What became of the additions to one counter. */
export interface CounterResult extends Damage, Effort {
  /** Distinct ids of operations that were acknowledged. */
  readonly operations: number;
  /** How many there were to be. */
  readonly planned: number;
  readonly sum: bigint;
}

/** What became of the updates of one document. */
export interface DocumentResult extends Damage, Effort {
  readonly acknowledged: readonly number[];
  /** Begun and not acknowledged: their process was killed, or nobody could tell. */
  readonly unknown: readonly number[];
  readonly n: number;
  /** What the document says has been applied. */
  readonly applied: readonly number[];
}

/** What came of one backend. */
export interface BackendResult {
  readonly name: string;
  /** What is particular about it. */
  readonly note?: string | undefined;
  readonly counter: CounterResult;
  readonly document: DocumentResult;
}

/** Operations that were applied otherwise than they should have been. */
export function journalFaults({ acknowledged, unknown, applied }: DocumentResult) {
  const there = new Set(applied);
  const begun = new Set([...acknowledged, ...unknown]);
  return {
    /** Acknowledged and not there. */
    lost: acknowledged.filter((operation) => !there.has(operation)),
    /** There more than once. */
    doubled: applied.filter((operation, index) => applied.indexOf(operation) !== index),
    /** There, and never begun. */
    foreign: [...there].filter((operation) => !begun.has(operation)),
  };
}

/** What is wrong with a result, as sentences. */
export function faultsOf({ name, counter, document }: BackendResult): string[] {
  return [
    ...counterFaults(counter).map((fault) => `${name}, counter: ${fault}`),
    ...documentFaults(document).map((fault) => `${name}, document: ${fault}`),
  ];
}

function counterFaults(result: CounterResult): string[] {
  const { operations, planned, sum } = result;
  const difference = sum - BigInt(operations);
  const what = difference < 0n ? `${-difference} were lost` : `${difference} counted twice`;
  return [
    ...(difference === 0n ? [] : [`the sum of ${operations} operations is ${sum}: ${what}.`]),
    ...(operations === planned ? [] : [`${operations} of ${planned} operations were made.`]),
    ...missingDamage(result),
  ];
}

function documentFaults(result: DocumentResult): string[] {
  const { lost, doubled, foreign } = journalFaults(result);
  const { n, applied } = result;
  return [
    ...(lost.length === 0 ? [] : [`acknowledged and lost: ${some(lost)}.`]),
    ...(doubled.length === 0 ? [] : [`applied twice: ${some(doubled)}.`]),
    ...(foreign.length === 0 ? [] : [`applied and never begun: ${some(foreign)}.`]),
    ...(n === applied.length ? [] : [`it says ${n}, and names ${applied.length} operations.`]),
    ...missingDamage(result),
  ];
}

function missingDamage({ kills, lostReplies }: Damage): string[] {
  return [
    ...(kills > 0 ? [] : ['nothing was killed, so nothing is shown.']),
    ...(lostReplies === 0 ? ['no reply was lost, so nothing is shown.'] : []),
  ];
}

function some(operations: readonly number[]): string {
  const rest = operations.length - 5;
  return operations.slice(0, 5).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
