/** Documents in memory that several processes see, each over a network of its own. */
import { ServiceUnavailableError } from '@runafter/errors';
import { type DocumentStore, documentStore } from '@runafter/optimistic';
import type { CounterDocument } from '../src/index.ts';

/** What becomes of a request; an Error is thrown, and nothing is done. */
export type Fate = 'done' | 'reply lost' | 'request lost' | Error;

export interface Request {
  readonly operation: 'read' | 'write';
  readonly key: string;
}

export interface Network {
  /** Awaited on the way there and on the way back. */
  readonly travel?: (request: Request) => Promise<unknown>;
  /** Default: all is done. */
  readonly fateOf?: (request: Request) => Fate;
}

export class Documents {
  readonly records = new Map<
    string,
    { body: string | undefined; facts: string | undefined; etag: string }
  >();
  readonly requests: Request[] = [];
  #versions = 0;

  /** The store as one process sees it. */
  store({ travel, fateOf = () => 'done' }: Network = {}): DocumentStore<CounterDocument> {
    const send = async <R>(request: Request, carryOut: () => R): Promise<R> => {
      this.requests.push(request);
      const fate = fateOf(request);
      await travel?.(request);
      if (fate instanceof Error) throw fate;
      const answer = fate === 'request lost' ? undefined : carryOut();
      await travel?.(request);
      if (fate === 'done') return answer as R;
      throw new ServiceUnavailableError('Shaky documents', 'unknown');
    };
    return documentStore<CounterDocument>({
      name: 'Shaky documents',
      keepsFacts: true,
      read: (key) => send({ operation: 'read', key }, () => this.records.get(key)),
      write: (key, { body, facts }, condition) =>
        send({ operation: 'write', key }, () => {
          const etag = this.records.get(key)?.etag;
          if (etag !== ('ifMatch' in condition ? condition.ifMatch : undefined)) return undefined;
          const next = `v${++this.#versions}`;
          this.records.set(key, { body, facts, etag: next });
          return next;
        }),
      remove: () => Promise.reject(new Error('Nobody removes a shard.')),
      list: () => {
        throw new Error('Nobody lists shards.');
      },
      close: async () => {},
    });
  }

  /** What a document holds. */
  value(key: string): unknown {
    return JSON.parse(this.records.get(key)?.body ?? 'null');
  }
}
