/**
 * Data from several sources as one record, which says for each source that is missing why, and whether
 * something stands in for it.
 *
 * Invariant: a value in `data` is a source's own output unless `missing` names that source.
 * @module
 */
import type { ActionError } from '@runafter/core';
import { describeValue } from './describe-value.ts';
import {
  type OutputsOf,
  type Recordable,
  type RecordLike,
  type RecordOf,
  readRecord,
  type UnsuccessfulStatus,
  type WithStatus,
} from './record.ts';
import { ResultsOptionError, SourceMissingError } from './results-error.ts';

/** Results by the name of the source they came from. */
export type Sources = { readonly [source: string]: Recordable };

/** A source that did not succeed. */
export interface MissingSource<K extends PropertyKey = string> {
  readonly source: K;
  readonly status: UnsuccessfulStatus;
  /** Why. A rejected promise has a code and a message here, whatever it was rejected with. */
  readonly error: ActionError;
  /** Whether `data` has a stand-in for it; otherwise it has undefined there. */
  readonly standIn: boolean;
}

/** Why a source is missing, as its stand-in is told. */
export type MissingReason = Pick<MissingSource, 'status' | 'error'>;

/** Gives the value to use in place of a missing source. Called only when it is missing. */
export type StandIn<V> = (reason: MissingReason) => V;

/** Options of {@link consolidate}. F: what the stand-ins give. Q: the names of the required sources. */
export interface ConsolidateOptions<S, F, Q> {
  /** Stand-ins by source. What one throws comes out. A required source has none. */
  readonly standIns?: {
    readonly [K in keyof F]: K extends Exclude<keyof S, Q> ? StandIn<F[K]> : never;
  };
  /** Sources without which nothing is worth having: `consolidate` throws when one is missing. */
  readonly require?: readonly Q[];
}

/** What {@link consolidate} gives: a union on `complete`. */
export type Consolidated<S, F = unknown, Q = never> =
  | {
      readonly complete: true;
      readonly data: { readonly [K in keyof S]: OutputsOf<S[K]> };
      readonly missing: readonly [];
    }
  | {
      readonly complete: false;
      readonly data: { readonly [K in keyof S]: OutputsOf<S[K]> | Replacement<S, F, Q, K> };
      /** In the order of the sources. */
      readonly missing: readonly MissingSource<Exclude<keyof S, Q>>[];
    };

/** What can be in the place of source K's output. */
type Replacement<S, F, Q, K extends keyof S> = K extends Q
  ? never
  : [WithStatus<RecordOf<S[K]>, UnsuccessfulStatus>] extends [never]
    ? never
    : K extends keyof F
      ? F[K]
      : undefined;

/**
 * Puts the outputs of several sources together, and says which are missing, why, and what stands in.
 *
 * @param sources - results of `settled(x)`, records, or results of `Promise.allSettled`, by name.
 * @returns `complete` is true when every source succeeded; then `data` has their outputs alone.
 * @throws {SourceMissingError} `SOURCE_MISSING`: a required source did not succeed. In a workflow's
 *   action this makes the action Failed with that code.
 * @throws {RecordsError} `RECORDS_INVALID`: a source is no record.
 * @throws {ResultsOptionError} `RESULTS_OPTION_INVALID`: an option names something that is no source,
 *   a required source has a stand-in, or a stand-in is no function.
 * @example
 * const { data, missing } = consolidate(
 *   { crm, erp, rating },
 *   { require: ['crm'], standIns: { erp: () => ({ openInvoices: [] }) } },
 * );
 * data.crm.name;             // always there
 * data.erp.openInvoices;     // the source's, or the stand-in's
 * data.rating?.grade;        // undefined when the source is missing
 */
export function consolidate<
  const S extends Sources,
  F extends { readonly [K in keyof S]?: unknown } = Record<never, never>,
  const Q extends keyof S = never,
>(sources: S, options: ConsolidateOptions<S, F, Q> = {}): Consolidated<S, F, Q> {
  assertSources(sources);
  const standIns = (options.standIns ?? {}) as Readonly<Record<string, StandIn<unknown>>>;
  const required = (options.require ?? []) as readonly string[];
  assertOptions(sources, standIns, required);

  const missing: MissingSource[] = [];
  const data = Object.entries(sources).map(([source, value], index): [string, unknown] => {
    const record: RecordLike = readRecord(value, index, source);
    if (record.status === 'Succeeded') return [source, record.outputs];
    const { status, error } = record as WithStatus<RecordLike, UnsuccessfulStatus>;
    if (required.includes(source)) throw new SourceMissingError(source, status, error);
    const standIn = standIns[source];
    missing.push({ source, status, error, standIn: standIn !== undefined });
    return [source, standIn?.({ status, error })];
  });
  return {
    complete: missing.length === 0,
    data: Object.fromEntries(data),
    missing,
  } as unknown as Consolidated<S, F, Q>;
}

function assertSources(sources: unknown): void {
  if (typeof sources === 'object' && sources !== null && !Array.isArray(sources)) return;
  throw new ResultsOptionError(
    'sources',
    `consolidate(…) takes an object of results by source, but got ${describeValue(sources)}. ` +
      'Write it as { crm: crmResult, erp: erpResult }.',
  );
}

function assertOptions(
  sources: Sources,
  standIns: Readonly<Record<string, unknown>>,
  required: readonly string[],
): void {
  if (!Array.isArray(required)) {
    throw new ResultsOptionError(
      'require',
      `require must be an array of source names, but it is ${describeValue(required)}.`,
    );
  }
  for (const source of required) assertKnown('require', sources, source);
  for (const [source, standIn] of Object.entries(standIns)) {
    assertKnown('standIns', sources, source);
    if (required.includes(source)) {
      throw new ResultsOptionError(
        'standIns',
        `The source "${source}" is required, so nothing can stand in for it. Leave one of the two out.`,
      );
    }
    if (typeof standIn !== 'function') {
      throw new ResultsOptionError(
        'standIns',
        `The stand-in for "${source}" must be a function that gives the value, but it is ` +
          `${describeValue(standIn)}. Write it as () => value.`,
      );
    }
  }
}

function assertKnown(option: string, sources: Sources, source: string): void {
  if (Object.hasOwn(sources, source)) return;
  throw new ResultsOptionError(
    option,
    `${option} names "${source}", which is no source. The sources are ${Object.keys(sources).join(', ')}.`,
  );
}
