/**
 * Histories as JSON, from one process to another, and several of them as one.
 *
 * Invariant: what is read is what was written, bigints and endless times included. Keys that begin
 * with `$` are ours; those of a value get one more in front.
 * @module
 */
import { HistoryError } from './history-error.ts';
import { assertOperation, type History, type Operation } from './operation.ts';

/** A history as plain JSON. */
export interface HistoryJson {
  readonly time: 'counted' | 'clock';
  /** Operations, with `{ "$bigint": "5" }` for 5n; without `returned` where that is endless. */
  readonly operations: readonly unknown[];
}

/** A history as plain JSON; a recorder's `toJSON` calls this. */
export function historyToJson({ time, operations }: History<unknown, unknown>): HistoryJson {
  const plain = operations.map(({ returned, ...rest }) => ({
    ...rest,
    ...(returned !== Infinity && { returned }),
  }));
  return { time, operations: plain.map(encode) };
}

/**
 * Reads what `JSON.stringify(history)` wrote.
 *
 * @throws {HistoryError} `HISTORY_INVALID`: this is no history, or one whose times make no sense.
 * @example
 * const history = historyFromJson<CounterOp, CounterResult>(await readFile('worker-1.json', 'utf8'));
 */
export function historyFromJson<Op, Result>(text: string): History<Op, Result> {
  const json = parse(text);
  if (!isHistoryJson(json)) {
    throw new HistoryError(
      'The text is no history: it should be an object with `time` and `operations`, as JSON.stringify(history) writes it.',
    );
  }
  const operations = json.operations.map((encoded, index) => {
    const operation = { returned: Infinity, ...(decode(encoded) as object) } as Operation<
      Op,
      Result
    >;
    assertOperation(operation, index);
    return operation;
  });
  return { time: json.time, operations };
}

/**
 * Puts histories of several processes together. Name their clients differently.
 *
 * @throws {HistoryError} `HISTORY_INVALID`: one was recorded without a `clock`, so that nobody knows
 *   which of its operations came before those of another.
 */
export function mergeHistories<Op, Result>(
  ...histories: readonly History<Op, Result>[]
): History<Op, Result> {
  const counted = histories.findIndex(({ time }) => time === 'counted');
  if (histories.length > 1 && counted >= 0) {
    throw new HistoryError(
      `History ${counted} was recorded without a clock, so its times mean nothing to other processes. ` +
        'Record with `clock: () => Number(process.hrtime.bigint())`.',
    );
  }
  const operations = histories.flatMap((history) => history.operations);
  return { time: 'clock', operations: operations.sort((a, b) => a.invoked - b.invoked) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HistoryError('The text is no history: it is not JSON.', { cause });
  }
}

function isHistoryJson(json: unknown): json is HistoryJson {
  const { time, operations } = (json ?? {}) as Partial<HistoryJson>;
  return (time === 'counted' || time === 'clock') && Array.isArray(operations);
}

function encode(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== 'object' || value === null) return value;
  return renameKeys(value, (key) => (key.startsWith('$') ? `$${key}` : key), encode);
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  if ('$bigint' in value) return BigInt(String(value.$bigint));
  return renameKeys(value, (key) => (key.startsWith('$') ? key.slice(1) : key), decode);
}

function renameKeys(
  value: object,
  rename: (key: string) => string,
  change: (value: unknown) => unknown,
): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [rename(key), change(inner)]),
  );
}
