/**
 * What is there when all clients have gone. Nobody writes any more, so this read is exact on every
 * backend, and must fit with everything that was acknowledged.
 * @module
 */
import {
  type CounterOp,
  type CounterResult,
  type Operation,
  recordHistory,
} from '@runafter/testkit';
import type { StateBackend } from '../chaos/state/backend.ts';
import type { DocumentAnswer, DocumentOp } from './document-model.ts';
import type { Subject } from './record-run.ts';

const client = 'last';
const clock = () => Number(process.hrtime.bigint());

export async function lookAtDocuments(
  subject: Subject,
  keys: readonly string[],
): Promise<readonly Operation<DocumentOp, DocumentAnswer>[]> {
  const store = await (await backendOf(subject)).openDocuments(subject.place as never);
  const history = recordHistory<DocumentOp, DocumentAnswer>({ clock });
  for (const key of keys) {
    await history.record(client, { kind: 'read', key }, async () => {
      const found = await store.read(key);
      return found === undefined ? {} : { version: found.value.n, etag: found.etag };
    });
  }
  await store.close();
  return history.operations;
}

export async function lookAtCounters(
  subject: Subject,
  keys: readonly string[],
): Promise<readonly Operation<CounterOp, CounterResult>[]> {
  const counter = await (await backendOf(subject)).openCounter(subject.place as never);
  const history = recordHistory<CounterOp, CounterResult>({ clock });
  for (const key of keys) {
    await history.record(client, { kind: 'read', key }, () => counter.read(key));
  }
  await counter.close();
  return history.operations;
}

async function backendOf({ module }: Subject): Promise<StateBackend> {
  return (await import(module.href)).backend;
}
