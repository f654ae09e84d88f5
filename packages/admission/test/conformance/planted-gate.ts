/**
 * A gate over several connections with one fault of choice: what the suite of gates is tested with. Without a
 * fault it keeps every promise. What the service keeps is in {@link PlantedGateService}; a connection asks it
 * again and again, over a network that fails on command.
 * @module
 */
import { GateFullError } from '@runafter/admission';
import type { Clock, Permit, WaitOptions } from '@runafter/clock';
import type {
  ClosableGate,
  FaultyGateConnection,
  GateConnectOptions,
} from '@runafter/clock/conformance';
import { RunafterError, ServiceClosedError } from '@runafter/errors';
import { FailingNetwork } from './failing-network.ts';
import type { GateFault } from './planted-faults.ts';
import type { PlantedGateService } from './planted-gate-service.ts';

const gateName = 'Planted gate';
/** A fault that lets nobody in must not keep a virtual clock going for ever. */
const mostAsked = 1_000;

export class PlantedGate implements ClosableGate {
  readonly network: FailingNetwork;
  readonly #service: PlantedGateService;
  readonly #options: GateConnectOptions;
  readonly #clock: Clock;
  readonly #fault: GateFault | undefined;
  readonly #closing = new AbortController();

  constructor(
    service: PlantedGateService,
    options: GateConnectOptions,
    clock: Clock,
    fault: GateFault | undefined,
  ) {
    this.network = new FailingNetwork(clock);
    this.#service = service;
    this.#options = options;
    this.#clock = clock;
    this.#fault = fault;
  }

  async enter(options: WaitOptions = {}): Promise<Permit> {
    const permit = await this.#visit(options, 'waits');
    if (permit === undefined) throw new RunafterError('UNKNOWN_ERROR', 'This cannot be.');
    return permit;
  }

  tryEnter(options: WaitOptions = {}): Promise<Permit | undefined> {
    return this.#visit(options, this.#fault === 'waits when it is to try' ? 'waits' : 'tries');
  }

  async close(): Promise<void> {
    if (this.#fault === 'waits on when it is closed') return;
    if (this.#fault === 'closes the gate for everybody') this.#service.isClosed = true;
    this.#closing.abort(new ServiceClosedError(gateName));
  }

  /** One caller from the first request to the last. */
  async #visit(options: WaitOptions, how: 'waits' | 'tries'): Promise<Permit | undefined> {
    const fault = this.#fault;
    const hears = fault !== 'takes no notice of a signal that is aborted already';
    if (hears) options.signal?.throwIfAborted();
    if (fault !== 'lets in after it was closed') this.#closing.signal.throwIfAborted();
    const isHeard = fault !== 'waits on when it is aborted' && !options.signal?.aborted;
    const signal = AbortSignal.any([
      ...(options.signal && isHeard ? [options.signal] : []),
      ...(fault === 'lets in after it was closed' ? [] : [this.#closing.signal]),
    ]);
    const caller = crypto.randomUUID();
    const stopBeating = this.#beat(caller);
    try {
      for (let asked = 1; ; asked++) {
        const answer = await this.#ask(caller, how, signal);
        if (answer === 'in') return this.#permit(caller, options, stopBeating);
        if (answer === 'full') throw this.#refusal();
        if (how === 'tries') {
          stopBeating();
          return undefined;
        }
        if (asked > mostAsked) throw new Error('Nobody waits for so long.');
        await this.#clock.sleep(asked < 50 ? 1 : 20, { signal });
      }
    } catch (error) {
      stopBeating();
      if (fault !== 'keeps what it was granted too late') void this.#give(caller);
      if (fault === 'sends everybody away when one leaves') this.#service.sendAway();
      throw fault === 'has a reason of its own' ? new Error('Aborted.') : error;
    }
  }

  #ask(caller: string, how: 'waits' | 'tries', signal: AbortSignal) {
    const withSignal = this.#fault === 'awaits answers that do not come' ? undefined : signal;
    const options = { ...this.#options, how };
    return this.network.persist(withSignal, () => this.#service.ask(caller, options));
  }

  #permit(caller: string, { signal }: WaitOptions, stopBeating: () => void): Permit {
    const fault = this.#fault;
    let held = true;
    const release = (error?: unknown) => {
      if (!held || (error !== undefined && fault === 'keeps a permit whose work has failed'))
        return;
      held = fault === 'gives a permit back at each release';
      stopBeating();
      if (fault === 'keeps permits when it is closed' && this.#closing.signal.aborted) return;
      void this.#give(caller);
    };
    if (fault === 'gives back what is aborted later') signal?.addEventListener('abort', release);
    return { release, [Symbol.dispose]: fault === 'does not know disposal' ? () => {} : release };
  }

  #refusal(): Error {
    if (this.#fault === 'refuses without a code') return new Error('Full.');
    const retryAfter = this.#fault === 'does not know when to come back' ? undefined : 40;
    return new GateFullError(gateName, { ...this.#service.look(), retryAfter });
  }

  /** Tells the service that the caller is there. */
  #beat(caller: string): () => void {
    let cancel = () => {};
    const beat = () => {
      const isSilent = this.#fault === 'is not heard of';
      if (!isSilent) this.network.request(() => this.#service.hear(caller)).catch(() => {});
      cancel = this.#clock.setTimer((this.#options.ttl ?? 1_000) / 5, beat, { ref: false });
    };
    cancel = this.#clock.setTimer((this.#options.ttl ?? 1_000) / 5, beat, { ref: false });
    return () => cancel();
  }

  /** Gives back what the caller has, if the service can be told; else it expires. */
  async #give(caller: string): Promise<void> {
    await this.network.persist(undefined, () => this.#service.leave(caller)).catch(() => {});
  }
}

/** As the suite asks for it. */
export function faultyConnection(gate: PlantedGate): FaultyGateConnection {
  const { loseReply, stall, cut, heal } = gate.network;
  return { gate, loseReply, stall, cut, heal };
}
