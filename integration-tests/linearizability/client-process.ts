/**
 * The program of a process of clients: it opens the backend twice, once by way of the faulty network, and
 * has several clients work on each connection. What they did and saw goes to a file.
 *
 * Its only argument is a {@link Task} as JSON. Read next: document-client.ts and counter-client.ts.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { type Random, seededRandom, systemClock } from '@runafter/clock';
import { type HistoryRecorder, recordHistory } from '@runafter/testkit';
import { endWithParent } from '../chaos/harness/end-with-parent.ts';
import type { StateBackend } from '../chaos/state/backend.ts';
import { CounterClient } from './counter-client.ts';
import { DocumentClient } from './document-client.ts';
import { classify, isExpected } from './expected-faults.ts';
import { waitForStart } from './starting-line.ts';
import { clientsPerConnection, type Task } from './task.ts';

/** A connection with its clients. */
interface Clients {
  readonly clients: readonly { act(): Promise<void> }[];
  readonly close: () => Promise<void>;
}

/** Versions of one process; no process writes as many. */
const versionsPerProcess = 1_000_000;

endWithParent();
await run(JSON.parse(process.argv[2] ?? ''));

async function run(task: Task): Promise<void> {
  const { backend }: { readonly backend: StateBackend } = await import(task.backend);
  const history = recordHistory<never, never>({
    clock: () => Number(process.hrtime.bigint()),
    classify,
  });
  const connect = task.part === 'documents' ? documentClients : counterClients;
  const connections = await Promise.all(
    task.places.map((place, connection) =>
      connect(backend, task, { place, isFaulty: connection > 0, history: history as never }),
    ),
  );
  await waitForStart(task.startingLine);
  const end = systemClock.monotonic() + task.lasts;
  const untilEnd = async (client: { act(): Promise<void> }) => {
    for (let done = 0; done < task.least || systemClock.monotonic() < end; done++) {
      await client.act().catch(unlessExpected);
    }
  };
  await Promise.all(connections.flatMap(({ clients }) => clients.map(untilEnd)));
  writeFileSync(task.historyFile, JSON.stringify(history));
  await Promise.all(connections.map(({ close }) => close()));
}

interface Connection {
  readonly place: object | undefined;
  readonly isFaulty: boolean;
  readonly history: HistoryRecorder<never, never>;
}

async function documentClients(
  backend: StateBackend,
  task: Task,
  { place, isFaulty, history }: Connection,
): Promise<Clients> {
  const store = await backend.openDocuments(place as never);
  let versions = task.process * versionsPerProcess + (isFaulty ? versionsPerProcess / 2 : 0);
  const nextVersion = () => ++versions;
  const { keys } = task;
  const clients = eachClient(task, isFaulty, (name, random) => {
    return new DocumentClient({
      name,
      store,
      keys,
      random,
      history: history as never,
      nextVersion,
    });
  });
  return { clients, close: () => store.close() };
}

async function counterClients(
  backend: StateBackend,
  task: Task,
  { place, isFaulty, history }: Connection,
): Promise<Clients> {
  const counter = await backend.openCounter(place as never);
  const { keys } = task;
  const clients = eachClient(task, isFaulty, (name, random) => {
    return new CounterClient({ name, counter, keys, random, history: history as never, isFaulty });
  });
  return { clients, close: () => counter.close() };
}

/** Names such as `2.1`, the first client of the second process; `2.1~` behind the faulty network. */
function eachClient<Client>(
  task: Task,
  isFaulty: boolean,
  create: (name: string, random: Random) => Client,
): Client[] {
  return Array.from({ length: clientsPerConnection }, (_, client) => {
    const name = `${task.process}.${client + 1}${isFaulty ? '~' : ''}`;
    return create(name, seededRandom(`${task.seed} ${name}`));
  });
}

/** What a client does about the faults of the game: it goes on, as the history tells of them. */
function unlessExpected(error: unknown): void {
  if (!isExpected(error)) throw error;
}
