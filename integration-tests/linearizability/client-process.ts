/**
 * The program of a process of clients: it opens the backend and has several clients work on it. What they
 * did and saw goes to a file.
 *
 * Its only argument is a {@link Task} as JSON. Read next: document-client.ts and counter-client.ts.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { type Random, seededRandom, systemClock } from '@runafter/clock';
import {
  type CounterOp,
  type CounterResult,
  type HistoryRecorder,
  recordHistory,
} from '@runafter/testkit';
import { endWithParent } from '../chaos/harness/end-with-parent.ts';
import type { StateBackend } from '../chaos/state/backend.ts';
import { CounterClient } from './counter-client.ts';
import { DocumentClient } from './document-client.ts';
import type { DocumentAnswer, DocumentOp } from './document-model.ts';
import { classify, isExpected } from './expected-faults.ts';
import { waitForStart } from './starting-line.ts';
import type { Task } from './task.ts';

/** Clients, and what they do. */
interface Crowd {
  readonly clients: readonly { act(): Promise<void> }[];
  readonly history: object;
}

/** A backend that is open. */
interface Opened extends AsyncDisposable {
  /** Clients that will work on these documents or counters. */
  readonly gather: (keys: readonly string[]) => Crowd;
}

const clientsPerProcess = 4;
/** Operations of each client before the start. */
const rehearsals = 5;
/** Versions of one process; no process writes as many. */
const versionsPerProcess = 1_000_000;

endWithParent();
await run(JSON.parse(process.argv[2] ?? ''));

async function run(task: Task): Promise<void> {
  const { backend }: { readonly backend: StateBackend } = await import(task.backend);
  const open = task.part === 'documents' ? openDocuments : openCounter;
  await using opened = await open(backend, task);
  // Some servers take seconds for what a session does for the first time, and nobody would meet.
  await work(opened.gather(['rehearsal']), (done) => done < rehearsals);
  const crowd = opened.gather(task.keys);
  await waitForStart(task.startingLine);
  const end = systemClock.monotonic() + task.lasts;
  await work(crowd, (done) => done < task.least || systemClock.monotonic() < end);
  writeFileSync(task.historyFile, JSON.stringify(crowd.history));
}

/** All clients at once, each with one operation after the other. */
async function work({ clients }: Crowd, goesOn: (done: number) => boolean): Promise<void> {
  await Promise.all(
    clients.map(async (client) => {
      for (let done = 0; goesOn(done); done++) await client.act().catch(unlessExpected);
    }),
  );
}

async function openDocuments(backend: StateBackend, task: Task): Promise<Opened> {
  const store = await backend.openDocuments(task.place as never);
  let versions = task.process * versionsPerProcess;
  const nextVersion = () => ++versions;
  return {
    gather(keys) {
      const history = begin<DocumentOp, DocumentAnswer>();
      const shared = { store, history, nextVersion, keys };
      return {
        clients: eachClient(task, (own) => new DocumentClient({ ...shared, ...own })),
        history,
      };
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

async function openCounter(backend: StateBackend, task: Task): Promise<Opened> {
  const counter = await backend.openCounter(task.place as never);
  const { isFaulty } = task;
  return {
    gather(keys) {
      const history = begin<CounterOp, CounterResult>();
      const shared = { counter, history, keys, isFaulty };
      return {
        clients: eachClient(task, (own) => new CounterClient({ ...shared, ...own })),
        history,
      };
    },
    [Symbol.asyncDispose]: () => counter.close(),
  };
}

/** A history by the machine's clock, which the other processes read as well. */
function begin<Op, Result>(): HistoryRecorder<Op, Result> {
  return recordHistory<Op, Result>({ clock: () => Number(process.hrtime.bigint()), classify });
}

/** Names such as `2.1`, the first client of the second process; `2.1~` behind the faulty network. */
function eachClient<Client>(
  { process, seed, isFaulty }: Task,
  create: (own: { readonly name: string; readonly random: Random }) => Client,
): Client[] {
  return Array.from({ length: clientsPerProcess }, (_, client) => {
    const name = `${process}.${client + 1}${isFaulty ? '~' : ''}`;
    return create({ name, random: seededRandom(`${seed} ${name}`) });
  });
}

/** What a client does about the faults of the game: it goes on, as the history tells of them. */
function unlessExpected(error: unknown): void {
  if (!isExpected(error)) throw error;
}
