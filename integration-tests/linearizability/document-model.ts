/**
 * The model of a document in a store with ETags: which version is there, or none.
 *
 * Invariant: a version is a number that no two writes share, and an ETag names one version. So which
 * version an ETag means is known from the whole history, also for a write whose own reply was lost but
 * which somebody has read.
 * @module
 */
import type { Model, Operation, StepOutcome } from '@runafter/testkit';

/** What a client does to a document. `version` is what it writes, `etag` what it has seen. */
export type DocumentOp = { readonly key: string } & (
  | /** Answers what is there. */ { readonly kind: 'read' }
  | { readonly kind: 'create'; readonly version: number }
  | { readonly kind: 'replace'; readonly version: number; readonly etag: string }
  | { readonly kind: 'remove'; readonly etag: string }
  /** Writes whatever is there; answers what it was. */
  | { readonly kind: 'update'; readonly version: number }
);

/**
 * What a client gets. Of a read: `version` and `etag`, or neither. Of a write: its new `etag`, where it
 * is told one. Of an update also the version that it took the place of.
 */
export interface DocumentAnswer {
  /** The condition did not hold: it exists, or is another version. Nothing was changed. */
  readonly refused?: true;
  readonly version?: number;
  readonly etag?: string;
  readonly replaced?: number;
}

/** A document's state. */
export interface DocumentState {
  readonly version: number | undefined;
  readonly etags: EtagDirectory;
}

/** The first use of each ETag, and the first ETag of each version. */
interface EtagDirectory {
  readonly versionOf: ReadonlyMap<string, number>;
  readonly etagOf: ReadonlyMap<number, string>;
}

/** Documents of a store; each key is checked by itself. */
export const documentModel: Model<DocumentState, DocumentOp, DocumentAnswer> = {
  name: 'document',
  initial: (operations) => ({ version: undefined, etags: etagsIn(operations) }),
  step(state, op, outcome) {
    const { version, etags } = state;
    const answer = outcome.status === 'ok' ? outcome.value : undefined;
    if (op.kind === 'read') return isRead(state, answer) ? [state] : [];
    if (op.kind === 'update' && answer !== undefined && answer.replaced !== version) return [];
    const isMet = op.kind === 'update' || version === expectedBy(op, etags);
    if (answer !== undefined && (answer.refused === true) === isMet) return [];
    if (!isMet) return [state];
    if (op.kind === 'remove') return [{ version: undefined, etags }];
    if (answer?.etag !== undefined && !names(etags, answer.etag, op.version)) return [];
    return [{ version: op.version, etags }];
  },
  onlyLooks: (op, outcome) => op.kind === 'read' || isRefused(outcome),
  key: ({ version }) => version ?? '',
  partition: ({ key }) => key,
  describe(op) {
    if (op.kind === 'read') return 'read';
    if (op.kind === 'remove') return `remove ${short(op.etag)}`;
    const condition = op.kind === 'replace' ? ` over ${short(op.etag)}` : '';
    return `${op.kind} ${op.version}${condition}`;
  },
  describeState: ({ version, etags }) =>
    version === undefined
      ? 'is missing'
      : `is ${version}, ETag ${etags.etagOf.get(version) ?? '?'}`,
};

function isRead({ version, etags }: DocumentState, answer: DocumentAnswer | undefined): boolean {
  if (answer === undefined) return true;
  if (answer.version !== version) return false;
  return version === undefined || answer.etag === undefined || names(etags, answer.etag, version);
}

/** The version that has to be there; undefined for none. */
function expectedBy(
  op: Exclude<DocumentOp, { kind: 'read' | 'update' }>,
  { versionOf }: EtagDirectory,
): number | undefined {
  // An ETag that nobody was told of is that of no version.
  return op.kind === 'create' ? undefined : (versionOf.get(op.etag) ?? Number.NaN);
}

function names({ versionOf, etagOf }: EtagDirectory, etag: string, version: number): boolean {
  return versionOf.get(etag) === version && etagOf.get(version) === etag;
}

function isRefused(outcome: StepOutcome<DocumentAnswer>): boolean {
  return outcome.status === 'ok' && outcome.value.refused === true;
}

function etagsIn(operations: readonly Operation<DocumentOp, DocumentAnswer>[]): EtagDirectory {
  const versionOf = new Map<string, number>();
  const etagOf = new Map<number, string>();
  for (const { op, outcome } of operations) {
    if (outcome.status !== 'ok') continue;
    const { etag, version = 'version' in op ? op.version : undefined } = outcome.value;
    if (etag === undefined || version === undefined) continue;
    if (!versionOf.has(etag)) versionOf.set(etag, version);
    if (!etagOf.has(version)) etagOf.set(version, etag);
  }
  return { versionOf, etagOf };
}

/** The end of an ETag tells it from others; some are long. */
function short(etag: string): string {
  return etag.length > 10 ? `…${etag.slice(-8)}` : etag;
}
