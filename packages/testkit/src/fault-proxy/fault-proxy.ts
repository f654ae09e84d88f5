/**
 * A TCP proxy between a client and a real service that does, on command, what networks do by chance.
 *
 * Invariant: it knows nothing of protocols and harms nothing unless told to, so Redis, PostgreSQL, SQL
 * Server and HTTP pass through it alike. Read next: proxied-connection.ts for how a reply is lost, and
 * lane.ts for delays and holes.
 * @module
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import { FaultProxyError } from './fault-proxy-error.ts';
import { type Direction, ProxiedConnection, type ProxyState } from './proxied-connection.ts';
import { type LostReply, ReplyLosses, type RequestMatch } from './reply-losses.ts';
import { addressIn, type ServiceAddress, withAddress } from './service-address.ts';

/** Options of {@link faultProxy}: `url`, or `port` with or without `host`. */
export interface FaultProxyOptions {
  /**
   * A URL or a connection string with the service's address, such as `redis://127.0.0.1:6379`,
   * `Server=127.0.0.1,1433;…` or Azure Storage's. The first address in it counts.
   */
  readonly url?: string;
  /** The service's host. Default `127.0.0.1`. */
  readonly host?: string;
  /** The service's port. */
  readonly port?: number;
  /** Where delays pass. Default the system's clock. */
  readonly clock?: Clock;
  /**
   * How long the service has to be silent before a reply that is to be lost is taken to be complete.
   * Default 20 ms.
   */
  readonly quiet?: Duration;
}

/** What a proxy has done since it was opened. */
export interface FaultCounts {
  /** Connections that it let through. */
  readonly connections: number;
  /** Those of them that are still open, on either side. */
  readonly open: number;
  /** Connections that were turned away by `refuse()`. */
  readonly refused: number;
  /** Connections that `cut()` has reset. */
  readonly cut: number;
  /** Replies that were given and lost. */
  readonly lostReplies: number;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
}

/** A proxy that is open. Disposing it closes it. */
export interface FaultProxy extends AsyncDisposable {
  /** Where clients connect instead: `127.0.0.1`. */
  readonly host: string;
  readonly port: number;
  /** The `url` of the options with the proxy's address in it; without one, `tcp://127.0.0.1:PORT`. */
  readonly url: string;
  readonly counts: FaultCounts;

  /**
   * Makes every chunk of bytes late from now on; their order stays. 0 ends it.
   *
   * @param options.direction - both unless given.
   * @throws {DurationError} `DURATION_INVALID`: not a duration.
   */
  delay(duration: Duration, options?: { readonly direction?: Direction }): void;

  /**
   * Resets every open connection now, on both sides.
   *
   * What was on its way is gone, so a request may or may not have been carried out.
   *
   * @returns how many connections that were.
   */
  cut(): number;

  /** Turns new connections away, until `heal()`: they are accepted and reset at once. */
  refuse(): void;

  /**
   * Lets nothing through in one direction until `heal()`, not even the end of a connection, as when a
   * cable is pulled: connections stay open. Healing delivers what was held back.
   */
  blackHole(direction: Direction): void;

  /**
   * Lets the next request that matches go through, waits for the reply, drops it and resets the
   * connection: it was carried out, and the client does not know.
   *
   * @param when - every request unless given; then it may be part of a client's greeting.
   * @returns resolves when it has happened; with undefined when `heal()`, `cut()` or `close()` came first.
   * @example
   * const lost = proxy.loseNextReply((request) => request.includes('order-17'));
   * await expect(counter.add('order-17', 1)).rejects.toThrow();
   * await lost;
   */
  loseNextReply(when?: RequestMatch): Promise<LostReply | undefined>;

  /**
   * The same for the next replies, or, with a predicate, for every reply to a request that matches
   * until `heal()`.
   *
   * @param which - how many, 1 or more, or which.
   * @throws {FaultProxyError} `FAULT_PROXY_INVALID`: a number that is not a whole one above 0.
   */
  loseReplies(which: number | RequestMatch): void;

  /**
   * Takes back every fault that has not happened yet: delays, holes, refusals, losses to come.
   * Connections that are open go on, and get what was held back.
   */
  heal(): void;

  /** Resets what is open and stops listening. Nothing of the proxy keeps the process alive then. */
  close(): Promise<void>;
}

/**
 * Opens a proxy on a free port of this machine.
 *
 * @throws {FaultProxyError} `FAULT_PROXY_INVALID`, as a rejection: no address to pass on to.
 * @throws {DurationError} `DURATION_INVALID`, as a rejection: `quiet` is not a duration.
 * @example
 * await using proxy = await faultProxy({ url: 'redis://127.0.0.1:6379' });
 * const client = new Redis(proxy.url);
 * proxy.delay('50ms', { direction: 'toClient' });
 */
export async function faultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const quiet = parseDuration(options.quiet ?? '20ms', 'quiet');
  const proxy = new ListeningProxy(targetOf(options), options.clock ?? systemClock, quiet);
  await proxy.listen(options.url);
  return proxy;
}

function targetOf({ url, host = '127.0.0.1', port }: FaultProxyOptions): ServiceAddress {
  if (url !== undefined) return addressIn(url);
  if (port !== undefined && Number.isInteger(port) && port > 0 && port < 65_536) {
    return { host, port };
  }
  throw new FaultProxyError(
    `faultProxy: port is ${String(port)}. Pass the service's port, 1 to 65535, or its url.`,
  );
}

class ListeningProxy implements FaultProxy {
  readonly host = '127.0.0.1';
  port = 0;
  url = '';
  readonly #target: ServiceAddress;
  readonly #server: Server;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #state: ProxyState;
  readonly #counts = {
    connections: 0,
    refused: 0,
    cut: 0,
    lostReplies: 0,
    bytesToServer: 0,
    bytesToClient: 0,
  };
  #isRefusing = false;

  constructor(target: ServiceAddress, clock: Clock, quiet: number) {
    this.#target = target;
    const counts = this.#counts;
    this.#state = {
      clock,
      quiet,
      losses: new ReplyLosses(),
      faults: { toServer: { delay: 0, isHole: false }, toClient: { delay: 0, isHole: false } },
      passed(direction, bytes) {
        counts[direction === 'toServer' ? 'bytesToServer' : 'bytesToClient'] += bytes;
      },
      lost() {
        counts.lostReplies += 1;
      },
    };
    // Half-open, so that one side's end reaches the other as what it is.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#accept(client),
    );
  }

  async listen(url: string | undefined): Promise<void> {
    this.#server.listen(0, this.host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
    this.url = url === undefined ? `tcp://${this.host}:${this.port}` : withAddress(url, this);
  }

  get counts(): FaultCounts {
    return { ...this.#counts, open: this.#connections.size };
  }

  delay(duration: Duration, { direction }: { readonly direction?: Direction } = {}): void {
    const ms = parseDuration(duration, 'delay');
    const { toServer, toClient } = this.#state.faults;
    if (direction !== 'toClient') toServer.delay = ms;
    if (direction !== 'toServer') toClient.delay = ms;
  }

  cut(): number {
    const open = [...this.#connections];
    for (const connection of open) connection.cut();
    this.#counts.cut += open.length;
    return open.length;
  }

  refuse(): void {
    this.#isRefusing = true;
  }

  blackHole(direction: Direction): void {
    this.#state.faults[direction].isHole = true;
  }

  loseNextReply(when: RequestMatch = () => true): Promise<LostReply | undefined> {
    return this.#state.losses.wishOne(when);
  }

  loseReplies(which: number | RequestMatch): void {
    if (typeof which === 'function') {
      this.#state.losses.wish(Number.POSITIVE_INFINITY, which);
    } else if (Number.isInteger(which) && which > 0) {
      this.#state.losses.wish(which, () => true);
    } else {
      throw new FaultProxyError(
        `faultProxy: loseReplies(${which}). Pass a whole number above 0, or a predicate.`,
      );
    }
  }

  heal(): void {
    this.#isRefusing = false;
    this.#state.losses.clear();
    for (const faults of Object.values(this.#state.faults)) {
      faults.delay = 0;
      faults.isHole = false;
    }
    for (const connection of this.#connections) connection.release();
  }

  async close(): Promise<void> {
    this.#state.losses.clear();
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined;
    this.#server.close();
    for (const connection of this.#connections) connection.cut();
    await Promise.all([closed, ...[...this.#connections].map(({ closed }) => closed)]);
    this.#connections.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(client: Socket): void {
    if (this.#isRefusing) {
      this.#counts.refused += 1;
      client.on('error', () => {}).resetAndDestroy();
      return;
    }
    this.#counts.connections += 1;
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const connection = new ProxiedConnection(client, server, this.#state);
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
  }
}
