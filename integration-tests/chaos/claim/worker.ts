/**
 * The program of a worker: it claims from each pool in both modes, again and again, until it is told to end or killed.
 *
 * Its only argument is a {@link ClaimTask} as JSON; trial.ts gives it. Read next: session.ts and errand.ts.
 * @module
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pool } from '@runafter/claim';
import { seededRandom } from '@runafter/clock';
import { endWithParent } from '../harness/end-with-parent.ts';
import { classify, isExpected } from '../lock/expected-faults.ts';
import { Journal, readJournals } from '../lock/journal.ts';
import type { ClaimBackend } from './backend.ts';
import { Client } from './client.ts';
import { nextOperation, runErrand } from './errand.ts';
import { type ChaosOp, type ChaosResult, separate } from './operations.ts';
import { haveSession } from './session.ts';
import { type ClaimTask, type Order, poolName, type Report } from './task.ts';
import { Vigil } from './vigil.ts';

endWithParent();
await run(JSON.parse(process.argv[2] ?? ''));

async function run({ backend: file, place, worker, seed, folder }: ClaimTask): Promise<void> {
  const { backend }: { readonly backend: ClaimBackend } = await import(file);
  const earlier = separate(readJournals<ChaosOp, ChaosResult>(journalsOf(worker, folder))).claiming;
  using journal = new Journal<ChaosOp, ChaosResult>(
    join(folder, `${worker}.${process.pid}`),
    classify,
  );
  await using store = await backend.openPools(place as never);
  await using documents = await backend.openDocuments(place as never);
  const vigil = new Vigil(backend.ttl, tell);
  const end = new AbortController();
  process.on('message', (order: Order) => {
    if (order === 'keep') vigil.begin();
    else vigil.end();
    if (order === 'end') end.abort();
  });
  tell({ kind: 'ready' });
  const onWrote = (key: string, token: bigint) =>
    tell({ kind: 'wrote', key, token: String(token) });
  const shared = { documents, journal, vigil, onWrote };
  const work = Array.from({ length: backend.pools }, async (_, number) => {
    const { ttl, rest } = backend;
    await using claiming = pool<string>(store, poolName(number), [], { ttl, poll: '200ms' });
    const clientOf = (name: string) => {
      const random = seededRandom(`${seed} ${name}`);
      return new Client({ ...shared, pool: claiming, random, name, rest });
    };
    const errand = `${worker}/errand-${number}`;
    const first = nextOperation(errand, earlier);
    const session = `${worker}.${process.pid}/session-${number}`;
    await Promise.all([
      again(clientOf(session), 1, end.signal, haveSession),
      again(clientOf(errand), first, end.signal, runErrand),
    ]);
  });
  await Promise.all(work);
}

/** One turn after the other, each under a name of its own; one that failed is done again under the same. */
async function again(
  client: Client,
  first: number,
  end: AbortSignal,
  turn: (client: Client, name: string, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  for (let number = first; !end.aborted; ) {
    try {
      await turn(client, `${client.name}#${number}`, end);
      number++;
      tell({ kind: 'done' });
    } catch (error) {
      if (!end.aborted && !isExpected(error)) throw error;
      // Each lease is a new one.
      if (turn === haveSession) number++;
    }
    await client.rest(end);
  }
}

function journalsOf(worker: number, folder: string): string[] {
  const ofWorker = readdirSync(folder).filter((name) => name.startsWith(`${worker}.`));
  return ofWorker.map((name) => join(folder, name));
}

function tell(report: Report): void {
  process.send?.(report);
}
