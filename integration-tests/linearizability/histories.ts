/**
 * The two kinds of histories, each with the model that it is held to.
 * @module
 */
import {
  type CounterOp,
  type CounterResult,
  checkHistory,
  counterModel,
  type Operation,
  relaxReads,
} from '@runafter/testkit';
import { type DocumentAnswer, type DocumentOp, documentModel } from './document-model.ts';
import { lookAtCounters, lookAtDocuments } from './last-look.ts';
import { type RecordedRun, recordRun, type Subject } from './record-run.ts';

/** A run and what the check says of it. */
export interface JudgedRun {
  readonly operations: readonly Operation<
    { readonly kind: string; readonly key?: string },
    unknown
  >[];
  readonly lostReplies: number;
  readonly linearizable: boolean | 'unknown';
  /** For people; empty when there is nothing to explain. */
  readonly explanation: string;
}

/** Few, so that clients meet. */
const keys = ['a', 'b', 'c'];

/** Documents that many read and write. */
export async function judgeDocuments(subject: Subject, seed: number): Promise<JudgedRun> {
  const options = { part: 'documents', keys, seed } as const;
  const run = await recordRun<DocumentOp, DocumentAnswer>(subject, options);
  const operations = [...run.operations, ...(await lookAtDocuments(subject, keys))];
  return judged(run, checkHistory(operations, documentModel));
}

/**
 * Counters that many add to.
 *
 * @param options.readsAreMoments - false for a counter that reads one shard after the other.
 */
export async function judgeCounters(
  subject: Subject,
  seed: number,
  { readsAreMoments }: { readonly readsAreMoments: boolean },
): Promise<JudgedRun> {
  const run = await recordRun<CounterOp, CounterResult>(subject, { part: 'counters', keys, seed });
  const operations = [...run.operations, ...(await lookAtCounters(subject, keys))];
  const seen = readsAreMoments ? operations : relaxReads(operations);
  return judged(run, checkHistory(seen, counterModel()));
}

function judged(
  {
    operations,
    lostReplies,
  }: RecordedRun<{ readonly kind: string; readonly key?: string }, unknown>,
  verdict: { readonly linearizable: boolean | 'unknown'; readonly explanation?: string },
): JudgedRun {
  const { linearizable, explanation = '' } = verdict;
  return { operations, lostReplies, linearizable, explanation };
}
