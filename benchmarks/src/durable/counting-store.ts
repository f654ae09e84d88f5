/**
 * A store that counts the rows that are read of it.
 * @module
 */
import type { RunStore } from '@runafter/core';

export interface CountingStore {
  readonly store: RunStore;
  /** Outcomes and states that were read so far. */
  readonly rows: () => number;
}

/** @param onRead - called after each read, while what was read is still held. */
export function countingStore(counted: RunStore, onRead: () => void = () => {}): CountingStore {
  let rows = 0;
  const read = <T>(result: T, count: number): T => {
    rows += count;
    onRead();
    return result;
  };
  // Its own methods need it as `this`, for they have private fields.
  const store = new Proxy(counted, {
    get(target, name) {
      if (name === 'readFrame') {
        return async (...args: Parameters<RunStore['readFrame']>) => {
          const outcomes = await target.readFrame(...args);
          return read(outcomes, outcomes.length);
        };
      }
      if (name === 'readState') {
        return async (...args: Parameters<RunStore['readState']>) => {
          const state = await target.readState(...args);
          return read(state, state === undefined ? 0 : 1);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { store, rows: () => rows };
}
