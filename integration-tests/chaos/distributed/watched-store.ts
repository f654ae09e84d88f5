/**
 * A run store that notes what it has answered, as soon as the answer is there: who may call a handler, whose
 * report counts, and what was recorded.
 * @module
 */
import type { NewSignal, OutcomeEntry, Place, RunStore, Writer } from '@runafter/core';
import { addressOf } from '../../durable/observed-store.ts';
import type { Note } from './planned-run.ts';

export function watchedStore(store: RunStore, note: Note): RunStore {
  const watched = {
    async claimAttempt(runId: string, place: Place, attempt: number) {
      const delivery = await store.claimAttempt(runId, place, attempt);
      const address = addressOf(runId, place.frame, place.key);
      if (delivery !== undefined) note({ what: 'claimed', address, attempt, delivery });
      return delivery;
    },
    async putSignal(runId: string, signal: NewSignal) {
      const answer = await store.putSignal(runId, signal);
      if (answer === 'kept' && signal.delivery !== undefined) {
        const { frame, key, attempt, delivery } = signal.delivery;
        note({ what: 'reported', address: addressOf(runId, frame, key), attempt, delivery });
      }
      return answer;
    },
    async recordOutcome(writer: Writer, entry: OutcomeEntry) {
      const answer = await store.recordOutcome(writer, entry);
      const { frame, key } = entry.outcome;
      const address = addressOf(writer.runId, frame, key);
      if (answer === 'recorded') note({ what: 'recorded', address });
      return answer;
    },
    async endRun(...args: Parameters<RunStore['endRun']>) {
      const isKept = await store.endRun(...args);
      if (isKept) note({ what: 'ended', address: args[0].runId });
      return isKept;
    },
  };
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(watched, name)) return watched[name as keyof typeof watched];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
