/**
 * Documents in memory, behind a network that a test makes go wrong request by request.
 *
 * Invariant: what a request does, it does in one step. Only the way there and back is slow, lost or doubled.
 */
import { ServiceUnavailableError } from '@runafter/errors';
import type { DocumentDriver, VersionedRecord, WriteCondition } from '../src/document-driver.ts';

/** What becomes of a request; an Error is thrown, and nothing is done. */
export type Fate =
  | 'done'
  /** Done, and then the connection is cut. */
  | 'reply lost'
  /** The connection is cut before it arrives. */
  | 'request lost'
  /** The connection is cut, and the request arrives when the test delivers it. */
  | 'late'
  /** The client sends it a second time by itself, and tells the second answer alone. */
  | 'sent twice'
  | Error;

export interface Request {
  readonly operation: 'read' | 'write' | 'remove';
  readonly key: string;
}

export interface Network {
  /** Default: all is done. */
  readonly fateOf?: (request: Request) => Fate;
  /** Awaited on the way there and on the way back. */
  readonly travel?: (request: Request) => Promise<unknown>;
  readonly keepsFacts?: boolean;
}

/** What was written: `before` is what it replaced. */
export interface Written {
  readonly etag: string;
  readonly key: string;
  readonly before: string | undefined;
  readonly body: string | undefined;
}

/** The service, with which several drivers can speak. */
export class Backend {
  readonly records = new Map<string, VersionedRecord>();
  /** All writes that were accepted, in their order. */
  readonly writes: Written[] = [];
  /** Requests that have not arrived yet. */
  readonly late: (() => void)[] = [];
  requests = 0;
  #versions = 0;

  deliver(): void {
    for (const arrive of this.late.splice(0)) arrive();
  }

  holds(key: string, condition: WriteCondition): boolean {
    return 'ifMatch' in condition
      ? this.records.get(key)?.etag === condition.ifMatch
      : !this.records.has(key);
  }

  write(
    key: string,
    record: { readonly body: string | undefined; readonly facts: string | undefined },
    condition: WriteCondition,
  ): string | undefined {
    if (!this.holds(key, condition)) return undefined;
    const etag = `v${++this.#versions}`;
    this.writes.push({ etag, key, before: this.records.get(key)?.body, body: record.body });
    this.records.set(key, { ...record, etag });
    return etag;
  }

  /** Writes as somebody does who knows nothing of facts. */
  overwrite(key: string, body: string, facts?: string): void {
    this.records.delete(key);
    this.write(key, { body, facts }, { ifNoneMatch: '*' });
  }

  value(key: string): unknown {
    return JSON.parse(this.records.get(key)?.body ?? 'null');
  }
}

export function faultyDriver(backend: Backend, network: Network = {}): DocumentDriver {
  const { fateOf = () => 'done', travel, keepsFacts = true } = network;

  const cut = () =>
    new ServiceUnavailableError('Faulty documents', 'unknown', { cause: new Error('ECONNRESET') });

  const send = async <R>(request: Request, carryOut: () => R): Promise<R> => {
    backend.requests++;
    const fate = fateOf(request);
    await travel?.(request);
    if (fate instanceof Error) throw fate;
    if (fate === 'late') backend.late.push(carryOut);
    if (fate === 'sent twice') carryOut();
    const answer = fate === 'late' || fate === 'request lost' ? undefined : carryOut();
    await travel?.(request);
    if (fate === 'done' || fate === 'sent twice') return answer as R;
    throw cut();
  };

  return {
    name: 'Faulty documents',
    keepsFacts,
    read: (key) => send({ operation: 'read', key }, () => backend.records.get(key)),
    write: (key, record, condition) =>
      send({ operation: 'write', key }, () => backend.write(key, record, condition)),
    remove: (key, etag) =>
      send({ operation: 'remove', key }, () => {
        return backend.holds(key, { ifMatch: etag }) && backend.records.delete(key);
      }),
    async *list(prefix) {
      for (const [key, { etag, body }] of [...backend.records]) {
        await travel?.({ operation: 'read', key });
        if (key.startsWith(prefix)) yield { key, etag, isTombstone: body === undefined };
      }
    },
    async close() {},
  };
}

/** Gives these fates to the requests of an operation, one after the other; all others are done. */
export function fates(operation: Request['operation'], ...list: Fate[]): Network['fateOf'] & {} {
  const left = [...list];
  return (request) => (request.operation === operation ? left.shift() : undefined) ?? 'done';
}

export function notDone(retryAfter?: number): ServiceUnavailableError {
  return new ServiceUnavailableError('Faulty documents', 'not-done', { retryAfter });
}
