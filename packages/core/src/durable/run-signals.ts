/**
 * The signals of a durable run: from the store, where whoever sent them has put them, to the waits of
 * the process that holds the run.
 *
 * Invariant: a signal is taken by the outcome of the wait that got it, in one atomic step. Until then it
 * is in the store, and a process that takes the run over is given it again. One that cannot be read
 * fails its wait, which takes it like any other: it must not stop the run in each process anew. Nor does a
 * store that is away for a moment: whether the run is still held here, its lease says.
 * @module
 */
import { type Clock, isTransient, type RetryPolicy, retry } from '@runafter/clock';
import type { Mail, Mailbox, SignalOutcome } from '../engine/mailbox.ts';
import type { RunStore, StoredSignal } from '../ports/run-store.ts';
import type { DefinitionOutline } from './definition-outline.ts';
import { RunLostError } from './durable-errors.ts';
import type { Sealing } from './sealing.ts';

/** A read changes nothing, so it is worth another one for as long as the run is held. */
const readRetry: RetryPolicy = {
  type: 'exponential',
  count: Number.POSITIVE_INFINITY,
  interval: '50ms',
  maximum: '1s',
  totalTime: '2m',
  when: isTransient,
};

export class RunSignals {
  readonly #store: RunStore;
  readonly #runId: string;
  readonly #mailbox: Mailbox;
  readonly #sealing: Sealing;
  readonly #clock: Clock;
  readonly #secure: ReadonlySet<string>;
  readonly #fault: (error: unknown) => void;
  #last = 0;
  #unsubscribe: (() => void) | undefined;
  #collecting: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(
    store: RunStore,
    runId: string,
    /** Of the definition that the run goes on with. */
    { events }: DefinitionOutline,
    mailbox: Mailbox,
    sealing: Sealing,
    clock: Clock,
    fault: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#runId = runId;
    this.#mailbox = mailbox;
    this.#sealing = sealing;
    this.#clock = clock;
    this.#secure = secureEvents(events);
    this.#fault = fault;
  }

  /** Collects what is there, and whatever comes; nothing where the run was lost while it was opened. */
  async open(): Promise<void> {
    if (this.#isClosed) return;
    this.#unsubscribe = this.#store.onSignal(this.#runId, (signal) => void this.#collect(signal));
    await this.#collect();
  }

  close(): void {
    this.#closing.abort();
    this.#unsubscribe?.();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Keeps a signal, and hands it on where somebody waits for it. */
  async send(
    event: string,
    correlate: string | undefined,
    payload: unknown,
    id: string | undefined,
  ): Promise<SignalOutcome> {
    const isAwaited = this.#mailbox.isAwaited(event, correlate);
    const outcome = await putSignal(
      this.#store,
      this.#runId,
      this.#sealing,
      this.#secure.has(event),
      { event, correlate, payload, id, sentAt: this.#clock.now() },
    );
    if (outcome === 'ended' || outcome === 'unknown') throw new RunLostError(this.#runId);
    await this.#collect();
    return outcome === 'kept' && isAwaited ? 'delivered' : outcome;
  }

  /** One after the other, so that each signal is handed on once and in its turn. */
  #collect(known?: StoredSignal): Promise<void> {
    this.#collecting = this.#collecting
      .then(() => this.#read(known))
      .catch((error: unknown) => {
        if (!this.#isClosed) this.#fault(error);
      });
    return this.#collecting;
  }

  /** @param known - need not be read where nothing can have come before it that is not known. */
  async #read(known: StoredSignal | undefined): Promise<void> {
    if (this.#isClosed || (known !== undefined && known.number <= this.#last)) return;
    if (known?.number === this.#last + 1) await this.#handOn(known);
    else {
      for (const signal of await this.#unread()) await this.#handOn(signal);
    }
  }

  /** Waits for a store that is away, until nobody wants its answer any more. */
  #unread(): Promise<readonly StoredSignal[]> {
    return retry(() => this.#store.readSignals(this.#runId, this.#last), readRetry, {
      clock: this.#clock,
      signal: this.#closing.signal,
    });
  }

  async #handOn({ number, event, correlate, payload }: StoredSignal): Promise<void> {
    const [sentAt, text] = parted(payload);
    const content = await this.#contentOf(text, event);
    if (this.#isClosed) return;
    this.#last = number;
    this.#mailbox.put(event, correlate, { ...content, number, sentAt }, undefined);
  }

  /** One that cannot be read is handed on as such: it ends the wait that takes it, and not the run. */
  async #contentOf(text: string, event: string): Promise<Pick<Mail, 'payload' | 'fault'>> {
    try {
      return { payload: await this.#sealing.read(text, `A signal of event "${event}"`) };
    } catch (thrown) {
      return { payload: undefined, fault: { thrown } };
    }
  }
}

/** The events whose payloads are stored encrypted. */
export function secureEvents(events: DefinitionOutline['events']): ReadonlySet<string> {
  return new Set(events.filter(({ secure }) => secure).map(({ name }) => name));
}

interface Letter {
  readonly event: string;
  readonly correlate: string | undefined;
  readonly payload: unknown;
  readonly id: string | undefined;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
}

/** Puts a signal into the store. What its payload cannot be stored for is thrown. */
export async function putSignal(
  store: RunStore,
  runId: string,
  sealing: Sealing,
  secure: boolean,
  { event, correlate, payload, id, sentAt }: Letter,
): Promise<'kept' | 'duplicate' | 'ended' | 'unknown'> {
  const what = `The payload of event "${event}"`;
  const text = await sealing.encrypt(sealing.limited(payload, what), secure, what);
  const stored = { event, correlate, payload: stamped(sentAt, text), id };
  // What is no report of a delivery is never stale.
  return (await store.putSignal(runId, stored)) as Exclude<PutAnswer, 'stale'>;
}

type PutAnswer = Awaited<ReturnType<RunStore['putSignal']>>;

/** A payload as it is stored, with when it was sent: milliseconds since 1970. */
export function stamped(sentAt: number, payload: string): string {
  return `${sentAt} ${payload}`;
}

/** When a stored signal was sent, and its payload as it is stored. */
function parted(stored: string): [sentAt: number, payload: string] {
  const blank = stored.indexOf(' ');
  return [Number(stored.slice(0, blank)), stored.slice(blank + 1)];
}
