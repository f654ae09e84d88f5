/**
 * Machines as resources of a pool: each session is one, and a machine drains when all of them are withdrawn.
 *
 * The store is the truth about who is open, for all processes; here is only how many sessions a machine has, which
 * a store forgets of those that are withdrawn and free.
 * @module
 */
import type { Pool, PoolEntry } from '@runafter/claim';
import { untilAborted, type WaitOptions } from '@runafter/clock';
import { MachineUnknownError } from './session-pool-errors.ts';
import type { Machine, MachineEntry, SessionEntry } from './session-pool-port.ts';

/** A session as the store keeps it. */
export interface SessionResource {
  /** `VM-1/2` */
  readonly id: string;
  readonly machine: string;
  readonly session: number;
}

/** Whose a lease of this process is. */
type UserOfOwner = (owner: string) => string | undefined;

type Entry = PoolEntry<SessionResource>;

const defaultSessions = 2;

/** The sessions of a machine. */
export function sessionsOf({ name, sessions = defaultSessions }: Machine): SessionResource[] {
  return Array.from({ length: sessions }, (_, index) => toResource(name, index + 1));
}

export class Machines {
  readonly #pool: Pool<SessionResource>;
  /** As they were joined. */
  readonly #known: Map<string, Machine>;
  readonly #lost = new Set<string>();
  /** Changes are carried out one after the other, in the order of the calls. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(pool: Pool<SessionResource>, machines: readonly Machine[]) {
    this.#pool = pool;
    this.#known = new Map(machines.map((machine) => [machine.name, machine]));
  }

  /** Its sessions are handed out no more. */
  drain(name: string, options: WaitOptions): Promise<void> {
    return this.#inTurn(options, () => this.#withdraw(name, options));
  }

  /** As drain(), of one that is shown as lost. */
  lose(name: string, options: WaitOptions): Promise<void> {
    return this.#inTurn(options, async () => {
      await this.#withdraw(name, options);
      this.#lost.add(name);
    });
  }

  /** Its sessions are handed out again. */
  resume(name: string, options: WaitOptions): Promise<void> {
    return this.#inTurn(options, async () => {
      const machine = this.#known.get(name);
      if (machine === undefined) throw new MachineUnknownError(this.#pool.name, name);
      await this.#open(machine, options);
    });
  }

  /** Adds a machine, or changes how many sessions it has. */
  join(machine: Machine, options: WaitOptions): Promise<void> {
    return this.#inTurn(options, async () => {
      const before = await this.#entriesOf(machine.name, options);
      const wanted = new Set(sessionsOf(machine).map(({ id }) => id));
      const tooMany = before.map(({ resource }) => resource.id).filter((id) => !wanted.has(id));
      if (tooMany.length > 0) await this.#pool.withdraw(tooMany, options);
      await this.#open(machine, options);
      this.#known.set(machine.name, machine);
    });
  }

  /** What became of a machine that is to leave. */
  async departure(name: string, options: WaitOptions): Promise<'held' | 'free' | 'open'> {
    const entries = await this.#entriesOf(name, options);
    if (entries.some(({ withdrawn }) => !withdrawn)) return 'open';
    return entries.length > 0 ? 'held' : 'free';
  }

  /** It has left. */
  forget(name: string): void {
    this.#known.delete(name);
    this.#lost.delete(name);
  }

  /** All machines that this process or the store knows. */
  async inspect(userOf: UserOfOwner, options: WaitOptions): Promise<MachineEntry[]> {
    const entries = await this.#pool.inspect(options);
    const names = new Set([
      ...this.#known.keys(),
      ...entries.map(({ resource }) => resource.machine),
    ]);
    return [...names].map((name) => {
      const own = entries.filter(({ resource }) => resource.machine === name);
      return this.#entryOf(name, own, userOf);
    });
  }

  #entryOf(name: string, entries: readonly Entry[], userOf: UserOfOwner): MachineEntry {
    const known = this.#known.get(name);
    const stored = new Map(entries.map((entry) => [entry.resource.session, entry]));
    const sessions = new Set(
      known === undefined ? [] : sessionsOf(known).map((one) => one.session),
    );
    for (const session of stored.keys()) sessions.add(session);
    return {
      name,
      state: this.#stateOf(name, entries),
      sessions: [...sessions]
        .sort((a, b) => a - b)
        .map((session) => toSessionEntry(session, stored.get(session), userOf)),
    };
  }

  #stateOf(name: string, entries: readonly Entry[]): MachineEntry['state'] {
    if (entries.some(({ withdrawn }) => !withdrawn)) return 'open';
    if (this.#lost.has(name)) return 'lost';
    return entries.length > 0 ? 'draining' : 'drained';
  }

  async #withdraw(name: string, options: WaitOptions): Promise<void> {
    const known = this.#known.get(name);
    const stored = (await this.#entriesOf(name, options)).map(({ resource }) => resource);
    const sessions = [...(known === undefined ? [] : sessionsOf(known)), ...stored];
    if (sessions.length === 0) throw new MachineUnknownError(this.#pool.name, name);
    const ids = new Set(sessions.map(({ id }) => id));
    await this.#pool.withdraw([...ids], options);
  }

  async #open(machine: Machine, options: WaitOptions): Promise<void> {
    await this.#pool.add(sessionsOf(machine), options);
    this.#lost.delete(machine.name);
  }

  async #entriesOf(name: string, options: WaitOptions): Promise<Entry[]> {
    return (await this.#pool.inspect(options)).filter(({ resource }) => resource.machine === name);
  }

  #inTurn({ signal }: WaitOptions, change: () => Promise<void>): Promise<void> {
    const changed = this.#lastChange.then(() => {
      signal?.throwIfAborted();
      return change();
    });
    this.#lastChange = changed.catch(() => {});
    return untilAborted(signal, changed);
  }
}

function toResource(machine: string, session: number): SessionResource {
  return { id: `${machine}/${session}`, machine, session };
}

function toSessionEntry(
  session: number,
  entry: Entry | undefined,
  userOf: UserOfOwner,
): SessionEntry {
  const claim = entry?.claim;
  if (claim === undefined) return { session, holder: undefined };
  const { by, claimedAt, token } = claim;
  return { session, holder: { user: userOf(by), by, since: claimedAt, token } };
}
