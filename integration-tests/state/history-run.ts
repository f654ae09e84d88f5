/**
 * Many clients at one backend at the same time, some of them behind a proxy that loses replies; what they
 * did and saw is recorded.
 * @module
 */
import { type Random, seededRandom } from '@runafter/clock';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import type { StateBackend } from '../chaos/state/backend.ts';
import type { PlaceOf } from '../services/places.ts';

/** One who calls, on a connection that he shares with some of the others. */
export interface Client<Connection> {
  readonly name: string;
  readonly connection: Connection;
  readonly random: Random;
  /** With a proxy before it: now and then the reply of the write that comes next is lost. */
  readonly mayLoseReply: () => void;
  readonly losesReplies: boolean;
}

/** A backend and where its state is. */
export interface OpenBackend {
  readonly backend: StateBackend;
  readonly place: PlaceOf<StateBackend['place']>;
}

export interface ClientsOptions<Connection> {
  readonly connect: (place: OpenBackend['place']) => Connection | Promise<Connection>;
  readonly seed: number;
  /** What one client does, from his first call to his last. */
  readonly live: (client: Client<Connection>) => Promise<void>;
}

/** How many connections there are, and how many clients share each. */
const connections = 4;
const sharing = 3;
/** One write in six of the clients behind the proxy. */
const lossRate = 1 / 6;

/** @returns how many replies were lost. */
export async function runClients<Connection extends { close(): Promise<void> }>(
  { backend, place }: OpenBackend,
  { connect, seed, live }: ClientsOptions<Connection>,
): Promise<number> {
  const { isWrite } = backend;
  await using proxy = isWrite && 'url' in place ? await faultProxy({ url: place.url }) : undefined;
  const open: Connection[] = [];
  try {
    for (let n = 0; n < connections; n++) {
      const isFaulty = proxy !== undefined && n % 2 === 1;
      open.push(await connect(isFaulty ? { ...place, url: proxy.url } : place));
    }
    const clients = Array.from({ length: connections * sharing }, (_, n) => {
      const random = seededRandom(seed + n);
      const losesReplies = proxy !== undefined && n % 2 === 1;
      return {
        name: `client ${n}`,
        connection: open[n % connections] as Connection,
        random,
        losesReplies,
        mayLoseReply: () => {
          if (losesReplies && random() < lossRate) lose(proxy, isWrite);
        },
      };
    });
    await Promise.all(clients.map(live));
    return proxy?.counts.lostReplies ?? 0;
  } finally {
    proxy?.heal();
    await Promise.all(open.map((connection) => connection.close()));
  }
}

function lose(proxy: FaultProxy | undefined, isWrite: RegExp | undefined): void {
  // Some protocols send texts in UTF-16: what is left without the zeros reads the same.
  const textOf = (request: Buffer) => request.toString('latin1').replaceAll('\0', '');
  void proxy?.loseNextReply((request) => isWrite?.test(textOf(request)) ?? false);
}
