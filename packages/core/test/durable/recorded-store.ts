/**
 * A run store that remembers everything it was told, to see what reaches a store and in which order.
 * @module
 */
import { memoryRunStore, type RunStore } from '@runafter/core';

/** One call of a store's method. */
export interface StoreCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** The store, and its calls so far, the first one first. */
export interface RecordedStore {
  readonly store: RunStore;
  readonly calls: readonly StoreCall[];
}

export function recordedStore(inner: RunStore = memoryRunStore()): RecordedStore {
  const calls: StoreCall[] = [];
  const store = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        calls.push({ method: String(name), args });
        return member.apply(target, args);
      };
    },
  });
  return { store, calls };
}
