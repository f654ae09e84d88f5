/**
 * A counter on documents, for backends without arithmetic.
 * @module
 */
import { type CounterDocument, shardedCounter } from '@runafter/counter';
import type { DocumentStore } from '@runafter/optimistic';
import type { Adder } from './backend.ts';

/** @param store - closed together with the counter. */
export function shardedOn(store: DocumentStore<CounterDocument>): Adder {
  const counter = shardedCounter(store);
  return {
    add: (...args) => counter.add(...args),
    read: (...args) => counter.read(...args),
    close: () => store.close(),
  };
}
