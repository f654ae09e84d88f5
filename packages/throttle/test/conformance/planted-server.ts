/**
 * A limiter's server in memory, with one fault of choice: who holds, who stands in line, and what has started.
 * Without a fault it keeps every promise. Asking twice with the same id changes nothing.
 */
import type { Clock } from '@runafter/clock';
import type { LimiterConnectOptions, LimiterRate } from '@runafter/clock/conformance';

/** What the server may do wrong. */
export type ServerFault =
  | 'lets in one too many'
  | 'looks in one step and takes in another'
  | 'counts holders in place of weights'
  | 'gives back one, whatever the weight'
  | 'gives back as often as it is told to'
  | 'lets in the last who came'
  | 'lets in whoever fits'
  | 'lets pass who only tries'
  | 'forgets priorities'
  | 'keeps a line for each connection'
  | 'keeps the places of who has left'
  | 'keeps what it granted too late'
  | 'never expires'
  | 'expires early'
  | 'forgets the weights of starts'
  | 'gives starts back'
  | 'counts starts for each connection'
  | 'takes a sliding window for a fixed one'
  | 'takes a bucket for a window'
  | 'fills buckets to the number of calls'
  | 'keeps to the first rate alone'
  | 'forgets the spacing'
  | 'counts the starts of who waits'
  | 'grants each request anew';

export interface Request {
  readonly id: string;
  readonly connection: number;
  readonly weight: number;
  readonly priority: number;
  /** Whether it takes a place in the line when there is nothing for it. */
  readonly waits: boolean;
}

interface Waiting extends Request {
  readonly sequence: number;
  expiresAt: number;
}

interface Start {
  readonly id: string;
  readonly connection: number;
  readonly at: number;
  readonly weight: number;
}

export class PlantedServer {
  readonly #clock: Clock;
  readonly #fault: ServerFault | undefined;
  readonly #holders = new Map<string, { readonly weight: number; expiresAt: number }>();
  readonly #granted = new Set<string>();
  #line: Waiting[] = [];
  #starts: Start[] = [];
  #sequence = 0;
  /** Whether its place was taken away; nobody asks it any more. */
  ended = false;
  /** What a faulty release has given back beyond what was held. */
  #surplus = 0;

  constructor(clock: Clock, fault: ServerFault | undefined) {
    this.#clock = clock;
    this.#fault = fault;
  }

  look() {
    this.#expire();
    return { active: this.#active(), waiting: this.#line.length };
  }

  async take(request: Request, options: LimiterConnectOptions): Promise<boolean> {
    this.#expire();
    const { id, waits } = request;
    const expiresAt = this.#clock.monotonic() + (options.ttl ?? 60_000);
    const held = this.#holders.get(id);
    if (held !== undefined && this.#fault !== 'grants each request anew') return true;
    const place = this.#line.find((waiting) => waiting.id === id);
    if (place !== undefined) place.expiresAt = expiresAt;
    else if (waits) this.#join({ ...request, sequence: this.#sequence++, expiresAt });
    if (!this.#isNext(request, options) || !this.#fits(request, options)) return false;
    if (this.#fault === 'looks in one step and takes in another') await this.#clock.sleep(1);
    this.#line = this.#line.filter((waiting) => waiting.id !== id);
    const key = held === undefined ? id : `${id}, again`;
    this.#holders.set(key, { weight: request.weight, expiresAt });
    this.#granted.add(id);
    if (this.#fault !== 'counts the starts of who waits' || !waits) this.#start(request);
    return true;
  }

  async renew(id: string, ttl: number): Promise<void> {
    this.#expire();
    const held = this.#holders.get(id);
    if (held !== undefined) held.expiresAt = this.#clock.monotonic() + ttl;
  }

  /** Gives back what is held, or leaves the line. */
  async release(id: string, weight: number): Promise<void> {
    this.#expire();
    if (this.#fault !== 'keeps the places of who has left') {
      this.#line = this.#line.filter((waiting) => waiting.id !== id);
    }
    if (this.#fault === 'gives back one, whatever the weight' && this.#holders.has(id)) {
      this.#surplus -= weight - 1;
    }
    const again = this.#fault === 'gives back as often as it is told to';
    if (again && !this.#holders.has(id) && this.#granted.has(id)) this.#surplus += weight;
    this.#holders.delete(id);
    if (this.#fault === 'gives starts back') {
      this.#starts = this.#starts.filter((start) => start.id !== id);
    }
  }

  /** Tells that whoever had asked for it has gone. */
  async leave(id: string, weight: number): Promise<void> {
    if (this.#fault === 'keeps what it granted too late' && this.#holders.has(id)) return;
    await this.release(id, weight);
  }

  #join(waiting: Waiting): void {
    this.#line.push(waiting);
    const important = this.#fault === 'forgets priorities' ? 0 : 1;
    const newest = this.#fault === 'lets in the last who came' ? -1 : 1;
    this.#line.sort(
      (a, b) => important * (b.priority - a.priority) || newest * (a.sequence - b.sequence),
    );
    if (this.#fault === 'counts the starts of who waits') this.#start(waiting);
  }

  #start({ id, connection, weight }: Request): void {
    this.#starts.push({ id, connection, weight, at: this.#clock.monotonic() });
  }

  #isNext({ id, connection, waits }: Request, options: LimiterConnectOptions): boolean {
    if (!waits && this.#fault === 'lets pass who only tries') return true;
    let before = this.#line;
    if (this.#fault === 'lets in whoever fits') {
      before = before.filter((waiting) => this.#fits(waiting, options));
    }
    if (this.#fault === 'keeps a line for each connection') {
      before = before.filter((waiting) => waiting.connection === connection);
    }
    return (before[0]?.id ?? id) === id;
  }

  #active(): number {
    const holders = [...this.#holders.values()];
    if (this.#fault === 'counts holders in place of weights') return holders.length;
    return holders.reduce((sum, { weight }) => sum + weight, 0) - this.#surplus;
  }

  #fits(request: Request, options: LimiterConnectOptions): boolean {
    const { rate = [], spacing = 0, concurrency = Number.POSITIVE_INFINITY } = options;
    const extra = this.#fault === 'lets in one too many' ? 1 : 0;
    if (this.#active() + request.weight > concurrency + extra) return false;
    const rates = Array.isArray(rate) ? (rate as LimiterRate[]) : [rate as LimiterRate];
    const kept = this.#fault === 'keeps to the first rate alone' ? rates.slice(0, 1) : rates;
    const starts = this.#starts.filter(
      ({ id, connection }) =>
        id !== request.id &&
        (this.#fault !== 'counts starts for each connection' || connection === request.connection),
    );
    const last = starts.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    const now = this.#clock.monotonic();
    if (this.#fault !== 'forgets the spacing' && now - last < spacing) return false;
    return kept.every((one) => this.#left(one, starts, now) >= request.weight);
  }

  #left({ calls, per, model, burst = calls }: LimiterRate, starts: Start[], now: number): number {
    const weightOf = ({ weight }: Start) =>
      this.#fault === 'forgets the weights of starts' ? 1 : weight;
    if (model === 'sliding-window' && this.#fault !== 'takes a sliding window for a fixed one') {
      const inWindow = starts.filter(({ at }) => now - at < per);
      return calls - inWindow.reduce((sum, start) => sum + weightOf(start), 0);
    }
    if (model !== 'token-bucket' || this.#fault === 'takes a bucket for a window') {
      let begin = Number.NEGATIVE_INFINITY;
      let used = 0;
      for (const start of starts) {
        if (start.at >= begin + per) [begin, used] = [start.at, 0];
        used += weightOf(start);
      }
      return now >= begin + per ? calls : calls - used;
    }
    const brim = this.#fault === 'fills buckets to the number of calls' ? calls : burst;
    let level = brim;
    let seen = Number.NEGATIVE_INFINITY;
    for (const start of starts) {
      level = Math.min(brim, level + ((start.at - seen) * calls) / per) - weightOf(start);
      seen = start.at;
    }
    // What is missing by rounding alone is not missing.
    return Math.min(brim, level + ((now - seen) * calls) / per) + 1e-9;
  }

  #expire(): void {
    if (this.#fault === 'never expires') return;
    const now = this.#clock.monotonic();
    this.#line = this.#line.filter(({ expiresAt }) => expiresAt > now);
    const early = this.#fault === 'expires early' ? 2_500 : 0;
    for (const [id, { expiresAt }] of this.#holders) {
      if (expiresAt - early <= now) this.#holders.delete(id);
    }
  }
}
