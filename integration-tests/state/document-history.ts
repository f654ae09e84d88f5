/** What clients do to one document, and how they saw it come out. */
import { hasCode } from '@runafter/errors';
import { type StoredDocument, update } from '@runafter/optimistic';
import {
  type HistoryRecorder,
  type RegisterOp,
  type RegisterResult,
  recordHistory,
} from '@runafter/testkit';
import type { Journal } from '../chaos/state/backend.ts';
import { type OpenBackend, runClients } from './history-run.ts';

const key = 'journal';
const steps = 15;

/** A history with the number of replies that were lost in it. Values are numbers that come once. */
export interface DocumentRun {
  readonly history: HistoryRecorder<RegisterOp<number>, RegisterResult<number>>;
  readonly lostReplies: number;
}

export async function documentHistory(open: OpenBackend, seed: number): Promise<DocumentRun> {
  const history = recordHistory<RegisterOp<number>, RegisterResult<number>>();
  const first = await open.backend.openDocuments(open.place);
  await update(first, key, () => journal(0), { idempotent: true });
  await first.close();
  let writes = 0;
  const lostReplies = await runClients(open, {
    connect: open.backend.openDocuments,
    seed,
    async live({ name: client, connection: store, mayLoseReply }) {
      for (let step = 0; step < steps; step++) {
        let seen: StoredDocument<Journal> | undefined;
        await settled(
          history.record(client, { kind: 'read' }, async () => {
            seen = await store.read(key);
            return seen?.value.n;
          }),
        );
        if (seen === undefined) continue;
        const { value: before } = seen;
        const value = ++writes;
        const op = { kind: 'compareAndSet', expected: before.n, value } as const;
        mayLoseReply();
        const version = seen;
        await settled(
          history.record(client, op, async () => {
            try {
              await store.replace(key, journal(value), version);
              return true;
            } catch (error) {
              if (hasCode(error, 'ETAG_MISMATCH')) return false;
              throw error;
            }
          }),
        );
      }
    },
  });
  return { history, lostReplies };
}

function journal(n: number): Journal {
  return { n, applied: [] };
}

/** A call that fails is part of the history. */
async function settled(call: Promise<unknown>): Promise<void> {
  await call.catch(() => {});
}
