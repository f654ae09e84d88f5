/**
 * Faults that can be switched on and off while the office runs.
 *
 * Invariant: a fault counts only when it strikes, at the point in a call where it acts; whether it does
 * depends on the seed and the order of the calls, on nothing else. Read next: service-host.ts.
 * @module
 */
import { type Duration, parseDuration, seededRandom } from '@runafter/clock';
import { type Call, isWrite, type ServiceName, serviceNames } from './call.ts';

/** Which calls a fault may strike; everything that is left out means any. */
export interface FaultTarget {
  readonly service?: ServiceName;
  readonly connection?: string;
  /** `GET`, `POST`, `MERGE`, … after `X-HTTP-Method`. */
  readonly method?: string;
  /** A part of the path, or a pattern: `items(7)`, `crm_reports`. */
  readonly path?: string | RegExp;
  /** How often it strikes before it is spent. Default: until it is switched off. */
  readonly times?: number;
  /** How likely it strikes a call that it may strike. Default 1. */
  readonly probability?: number;
}

type FaultEffect =
  /** Dataverse: the table that the call names does not exist. */
  | { readonly kind: 'badTable' }
  /** The write goes through and its reply never comes: the connection is cut after the commit. */
  | { readonly kind: 'lostReply' }
  /** The answer comes this much later; what was to be written has been written by then. */
  | { readonly kind: 'slow'; readonly delay: Duration }
  /** The service fails and has changed nothing. Default 503. */
  | { readonly kind: 'error'; readonly status?: number }
  /** The connection is cut before the service looks at the call. */
  | { readonly kind: 'reset' }
  /** 429 whatever the limit says. Default 10 s. */
  | { readonly kind: 'throttle'; readonly retryAfter?: Duration };

export type Fault = FaultEffect & FaultTarget;
export type FaultKind = Fault['kind'];

const kinds: readonly FaultKind[] = ['badTable', 'lostReply', 'slow', 'error', 'reset', 'throttle'];

/** A fault that was switched on; leaving a `using` block switches it off. */
export interface ArmedFault extends Disposable {
  readonly fault: Fault;
  /** How many calls it has struck. */
  readonly struck: number;
  off(): void;
}

/** Where faults are switched on and off. */
export interface FaultControl {
  /**
   * Switches a fault on.
   *
   * @throws {TypeError} for an unknown kind or service.
   * @throws {RangeError} when `times` is not 1 or more, or `probability` not from 0 to 1.
   * @throws {DurationError} `DURATION_INVALID`
   * @example
   * office.faults.on({ kind: 'lostReply', service: 'sharepoint', times: 1 });
   */
  on(fault: Fault): ArmedFault;
  /** Switches every fault off. */
  clear(): void;
  /** The faults that are switched on and not spent. */
  list(): readonly ArmedFault[];
}

export class Faults implements FaultControl {
  readonly #seed: number | string;
  readonly #armed = new Set<Armed>();
  #count = 0;

  constructor(seed: number | string) {
    this.#seed = seed;
  }

  on(fault: Fault): ArmedFault {
    check(fault);
    // A source of its own for each fault: one more fault does not move where the others strike.
    const random = seededRandom(`${this.#seed}/${this.#count++}`);
    const armed = new Armed(fault, random, () => this.#armed.delete(armed));
    this.#armed.add(armed);
    return armed;
  }

  clear(): void {
    this.#armed.clear();
  }

  list(): readonly ArmedFault[] {
    return [...this.#armed];
  }

  /** The first fault of this kind that strikes the call, counted. */
  strike<K extends FaultKind>(kind: K, call: Call): Extract<Fault, { kind: K }> | undefined {
    for (const armed of this.#armed) {
      if (armed.fault.kind === kind && armed.strikes(call)) {
        return armed.fault as Extract<Fault, { kind: K }>;
      }
    }
    return undefined;
  }
}

class Armed implements ArmedFault {
  readonly fault: Fault;
  readonly off: () => void;
  readonly #random: () => number;
  #struck = 0;

  constructor(fault: Fault, random: () => number, off: () => void) {
    this.fault = fault;
    this.#random = random;
    this.off = off;
  }

  get struck(): number {
    return this.#struck;
  }

  strikes(call: Call): boolean {
    if (!concerns(this.fault, call)) return false;
    const { probability = 1, times = Number.POSITIVE_INFINITY } = this.fault;
    if (probability < 1 && this.#random() >= probability) return false;
    if (++this.#struck >= times) this.off();
    return true;
  }

  [Symbol.dispose](): void {
    this.off();
  }
}

function concerns(fault: Fault, call: Call): boolean {
  if (fault.kind === 'badTable' && call.service !== 'dataverse') return false;
  if (fault.kind === 'lostReply' && !isWrite(call)) return false;
  const { service, connection, method, path = '' } = fault;
  return (
    (service === undefined || service === call.service) &&
    (connection === undefined || connection === call.connection) &&
    (method === undefined || method.toUpperCase() === call.method) &&
    (typeof path === 'string' ? call.path.includes(path) : path.test(call.path))
  );
}

function check(fault: Fault): void {
  if (!kinds.includes(fault.kind)) {
    throw new TypeError(`Unknown fault "${fault.kind}": use one of ${kinds.join(', ')}.`);
  }
  if (fault.service !== undefined && !serviceNames.includes(fault.service)) {
    throw new TypeError(`Unknown service "${fault.service}": use ${serviceNames.join(', ')}.`);
  }
  if (fault.times !== undefined && !(fault.times >= 1)) {
    throw new RangeError(`times must be 1 or more, not ${fault.times}; leave it out for always.`);
  }
  const { probability = 1 } = fault;
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`probability must be from 0 to 1, not ${probability}.`);
  }
  if (fault.kind === 'slow') parseDuration(fault.delay, 'delay');
  if (fault.kind === 'throttle') parseDuration(fault.retryAfter ?? 0, 'retryAfter');
}
