/**
 * A run store that writes into the logbook what it has answered, as soon as the answer is there.
 * @module
 */
import type { NewRun, OutcomeEntry, RunStore, Writer } from '@runafter/core';
import { shown } from '../../packages/core/test/model/stored-facts.ts';
import type { Entry, Logbook, WalPosition } from './logbook.ts';

type Answer<Name extends keyof RunStore> = RunStore[Name] extends (...args: never[]) => infer Given
  ? Awaited<Given>
  : never;

/**
 * @param position - where the database's write-ahead log ends; asked for after each outcome.
 */
export function observedStore(
  store: RunStore,
  logbook: Logbook,
  position: () => WalPosition | undefined = () => undefined,
): RunStore {
  const { pid } = process;
  const granted = (runId: string, token: number): Entry => ({
    ...{ what: 'granted', pid, runId, token, at: Date.now() },
  });
  /** What is written for which answer; nothing for those that are of no interest. */
  const entryFor = {
    createRun: ([{ runId }]: [NewRun], answer: Answer<'createRun'>) =>
      answer.state === 'created' ? granted(runId, answer.token) : undefined,
    acquireLease: ([runId]: [string], answer: Answer<'acquireLease'>) =>
      answer.state === 'granted' ? granted(runId, answer.token) : undefined,
    recordOutcome: (
      [{ runId }, { outcome }]: [Writer, OutcomeEntry],
      state: Answer<'recordOutcome'>,
    ): Entry => {
      const address = addressOf(runId, outcome.frame, outcome.key);
      return { what: 'outcome', pid, runId, address, state, wal: position() };
    },
    endRun: ([{ runId }]: [Writer], kept: boolean): Entry => ({ what: 'ended', pid, runId, kept }),
  };
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (!Object.hasOwn(entryFor, name)) return value.bind(target);
      return async (...args: never) => {
        const answer = await value.apply(target, args);
        const entry = entryFor[name as keyof typeof entryFor](args, answer as never);
        if (entry !== undefined) logbook.write(entry);
        return answer;
      };
    },
  });
}

/** The place of an outcome as an address of the logbook: items stand with their indexes. */
export function addressOf(runId: string, frame: string, key: string | number): string {
  const around = frame === '' ? runId : `${runId}/${frame}`;
  const isIteration = typeof key === 'number' || key.startsWith('id=');
  return shown(isIteration ? `${around}[${key}]` : `${around}/${key}`);
}
