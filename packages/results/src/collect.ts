/**
 * The outputs of what succeeded.
 * @module
 */
import { type Accumulator, accumulate } from './accumulator.ts';
import { type OutputsOf, type Recordable, type RecordLike, readRecord } from './record.ts';

/**
 * Gathers the outputs of what succeeded, in the order of the records; the others leave no gap.
 *
 * @returns a promise for an async iterable.
 * @throws {RecordsError} `RECORDS_INVALID`: not an iterable of records.
 * @example
 * const invoices = collect(await Promise.allSettled(orders.map(createInvoice)));
 */
export function collect<R extends Recordable>(records: Iterable<R>): OutputsOf<R>[];
export function collect<R extends Recordable>(records: AsyncIterable<R>): Promise<OutputsOf<R>[]>;
export function collect<R extends Recordable>(
  records: Iterable<R> | AsyncIterable<R>,
): OutputsOf<R>[] | Promise<OutputsOf<R>[]> {
  return accumulate('collect', records, collecting<R>());
}

/** {@link collect} for records that are pushed as they come. Keeps the outputs only. */
export function collecting<R extends Recordable>(): Accumulator<R, OutputsOf<R>[]> {
  const outputs: OutputsOf<R>[] = [];
  let index = 0;
  return {
    push(value) {
      const record: RecordLike = readRecord(value, index);
      index++;
      if (record.status === 'Succeeded') outputs.push(record.outputs as OutputsOf<R>);
    },
    result: () => [...outputs],
  };
}
