/**
 * The way of one call through a service: faults, limit, queue, latency, and in its middle the service.
 *
 * Invariant: a call that was let in is carried out to its end even when its client has hung up, as a
 * real service would; only closing the office stops it. Read next: limits.ts, latency.ts, faults.ts.
 * @module
 */
import {
  type Clock,
  concurrencyLimiter,
  parseDuration,
  type Limiter as Slots,
  seededRandom,
} from '@runafter/clock';
import { type Call, isWrite, Refusal, type Reply, type Service, type ServiceName } from './call.ts';
import { unknownTable } from './dataverse.ts';
import type { Faults } from './faults.ts';
import { Latency } from './latency.ts';
import { Limiter, type LimitOptions, type Rejection } from './limits.ts';
import type { ServiceOptions } from './presets.ts';
import { retryAfterHeaders } from './speed.ts';
import type { Store } from './store.ts';

/** What one service has done since the office was started. */
export interface ServiceStats {
  /** Calls that arrived, whatever came of them. */
  readonly calls: number;
  /** Replies by HTTP status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Calls that the limit or a `throttle` fault rejected. */
  readonly throttled: number;
  /** Connections that were cut: `reset` and `lostReply` faults. */
  readonly cut: number;
  /** Calls being worked on now, without those that queue for a slot. */
  readonly inService: number;
  /** The most calls that were worked on at once. */
  readonly peakInService: number;
}

export interface ServiceHostOptions {
  readonly name: ServiceName;
  readonly service: Service;
  readonly store: Store;
  readonly faults: Faults;
  /** The office's own clock: see speed.ts. */
  readonly clock: Clock;
  readonly speed: number;
  readonly seed: number | string;
  readonly options: ServiceOptions;
}

/** Instead of a reply: the connection is cut. */
export const cut = Symbol('cut');

export class ServiceHost {
  readonly #host: ServiceHostOptions;
  readonly #limiter: Limiter;
  readonly #latency: Latency | undefined;
  readonly #slots: Slots | undefined;
  readonly #stats = { calls: 0, throttled: 0, cut: 0, inService: 0, peakInService: 0 };
  readonly #statuses: Record<number, number> = {};

  constructor(host: ServiceHostOptions) {
    const { name, seed, clock, options } = host;
    const { limit = 'off', latency = 'off', slots } = options;
    this.#host = host;
    this.#limiter = new Limiter(limit, clock, seededRandom(`${seed}/${name}/limit`));
    if (latency !== 'off') {
      this.#latency = new Latency(latency, seededRandom(`${seed}/${name}/latency`));
    }
    if (slots !== undefined) this.#slots = concurrencyLimiter(slots);
  }

  /** @param signal - the office is closing: whoever waits stops, and the promise rejects. */
  async serve(call: Call, signal: AbortSignal): Promise<Reply | typeof cut> {
    const { faults } = this.#host;
    this.#stats.calls++;
    if (faults.strike('reset', call)) return this.#cut();
    const rejection = this.#storm(call) ?? this.#limiter.admit(call.connection);
    if (rejection) {
      await this.#pass(rejection.timeMs, signal);
      return this.#reject(rejection, call);
    }
    const { reply, lost } = await this.#work(call, signal);
    return lost ? this.#cut() : this.#count(reply);
  }

  setLimit(limit: LimitOptions | 'off'): void {
    this.#limiter.set(limit);
  }

  stats(): ServiceStats {
    return { ...this.#stats, statuses: { ...this.#statuses } };
  }

  async #work(call: Call, signal: AbortSignal): Promise<{ reply: Reply; lost: boolean }> {
    const { faults } = this.#host;
    const slot = await this.#slots?.acquire({ signal });
    this.#stats.peakInService = Math.max(++this.#stats.inService, this.#stats.peakInService);
    try {
      const kind = isWrite(call) ? 'write' : 'read';
      const latency = this.#latency?.draw(kind, this.#stats.inService) ?? 0;
      // Half of the time passes on each side of the database, so that replies can overtake each other.
      await this.#pass(latency / 2, signal);
      const reply = this.#answer(call);
      const lost = reply.status < 300 && faults.strike('lostReply', call) !== undefined;
      const delay = parseDuration(faults.strike('slow', call)?.delay ?? 0);
      await this.#pass(latency / 2 + delay, signal);
      return { reply, lost };
    } finally {
      this.#stats.inService--;
      slot?.release();
    }
  }

  /** No time at all needs no timer: on a virtual clock nobody might come to fire it. */
  async #pass(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0) await this.#host.clock.sleep(ms, { signal });
  }

  #answer(call: Call): Reply {
    const { store, service, faults } = this.#host;
    try {
      const error = faults.strike('error', call);
      if (error) {
        throw new Refusal(error.status ?? 503, { kind: 'unavailable' }, 'The service has failed.');
      }
      if (faults.strike('badTable', call)) throw unknownTable(call);
      return store.transaction(() => service.handle(call));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#refuse(error, call);
    }
  }

  #storm(call: Call): Rejection | undefined {
    const storm = this.#host.faults.strike('throttle', call);
    if (!storm) return undefined;
    const retryAfterMs = parseDuration(storm.retryAfter ?? '10s');
    return { status: 429, retryAfterMs, timeMs: 0, message: 'Too many requests.' };
  }

  #reject({ status, retryAfterMs, message }: Rejection, call: Call): Reply {
    this.#stats.throttled++;
    const headers = retryAfterHeaders(retryAfterMs, this.#host.speed);
    return this.#count(
      this.#refuse(new Refusal(status, { kind: 'throttled' }, message, headers), call),
    );
  }

  #refuse({ status, code, message, headers }: Refusal, call: Call): Reply {
    const { service } = this.#host;
    const own = typeof code === 'string' ? code : service.codes[code.kind];
    return { status, headers, body: service.errorBody(own, message, call) };
  }

  #count(reply: Reply): Reply {
    this.#statuses[reply.status] = (this.#statuses[reply.status] ?? 0) + 1;
    return reply;
  }

  #cut(): typeof cut {
    this.#stats.cut++;
    return cut;
  }
}
