/**
 * A connector in virtual time: its service, and the client that calls it.
 * @module
 */
import { type Clock, isThrottled, type Random, retry } from '@runafter/clock';
import { type ServiceModel, serviceModel } from '@runafter/throttle/model';
import type { KnownConnector } from './known-facts.ts';
import type { RunTally } from './run-tally.ts';

/** What calls need of the run that they are made in. */
export interface CallSetting {
  readonly clock: Clock;
  readonly random: Random;
  readonly tally: RunTally;
}

export class SimulatedConnector {
  readonly #name: string;
  readonly #known: KnownConnector;
  readonly #service: ServiceModel;
  readonly #setting: CallSetting;
  #inService = 0;

  constructor(name: string, known: KnownConnector, setting: CallSetting) {
    this.#name = name;
    this.#known = known;
    this.#service = serviceModel(known.service, setting.random);
    this.#setting = setting;
  }

  /**
   * Makes a call that takes `alone` milliseconds when nobody else is there.
   *
   * @param address - who calls.
   * @throws an error with `status` 429 and `retryAfter`, as clients of HTTP do.
   */
  async call(address: string, alone: number, signal: AbortSignal): Promise<void> {
    const { policy, options } = this.#clientSide(signal);
    await retry(() => this.#attempt(address, alone, signal), policy, options);
  }

  #clientSide(signal: AbortSignal): {
    policy: Parameters<typeof retry>[1];
    options: Parameters<typeof retry>[2];
  } {
    const { retry: policy } = this.#known;
    const { clock, random, tally } = this.#setting;
    const onRetry = ({ wait }: { readonly wait: number }): void => tally.waited(wait);
    return {
      policy: policy.type === 'none' ? policy : { ...policy, when: policy.when ?? isThrottled },
      options: { clock, random, signal, onRetry },
    };
  }

  async #attempt(address: string, alone: number, signal: AbortSignal): Promise<void> {
    const { clock, tally } = this.#setting;
    const now = clock.monotonic();
    const refusal = this.#service.refuse(now, this.#inService + 1);
    tally.called(this.#name, address, refusal !== undefined);
    if (refusal !== undefined) {
      await clock.sleep(refusal.latency, { signal });
      const { retryAfter } = refusal;
      throw Object.assign(new Error(`${this.#name}: too many requests.`), {
        status: 429,
        retryAfter,
      });
    }
    this.#inService++;
    try {
      const { latency, waiting } = this.#service.serve(now, this.#inService, alone);
      tally.waited(waiting);
      tally.worked(latency - waiting);
      await clock.sleep(latency, { signal });
    } finally {
      this.#inService--;
    }
  }
}
