/**
 * The locks that one session of SQL Server holds, and for whom.
 *
 * Invariant: to the server all owners of a session are one, and whoever asks again has the lock once more. So
 * it is asked for a name only while nobody has that name here; and a request whose outcome is not known ends
 * the session, with whatever it may have got. One call at a time.
 * Read next: lock-procedures.ts.
 * @module
 */
import { hash } from 'node:crypto';
import { mayHaveBeenDone, ServiceRefusedError } from '@runafter/errors';
import type { Busy, Granted, LeaseRequest } from '@runafter/lock';
import type { Parameter } from './mssql-client.ts';
import { applockFault } from './mssql-errors.ts';
import type { Session } from './own-session.ts';
import { fromStoredText, toStoredText } from './stored-text.ts';

/** Who holds a name here. */
interface Hold {
  readonly owner: string;
  readonly token: bigint;
  /** One for each: leases listen to it, and there may be many. */
  readonly ended: AbortController;
}

/** What `acquire_lock` answers. The client gives a bigint as text, whole. */
interface AcquireRow {
  readonly result: number;
  readonly token: string | null;
  readonly held_by: string | null;
}

/** The lock is somebody else's. */
const isHeldElsewhere = -1;

export class SessionLocks {
  readonly #service: string;
  /** Quoted. */
  readonly #schema: string;
  readonly #session: Session;
  readonly #holds = new Map<string, Hold>();

  constructor(service: string, schema: string, session: Session) {
    this.#service = service;
    this.#schema = schema;
    this.#session = session;
    session.ended.addEventListener('abort', () => this.#loseAll(), { once: true });
  }

  get hasEnded(): boolean {
    return this.#session.ended.aborted;
  }

  get isEmpty(): boolean {
    return this.#holds.size === 0;
  }

  async acquire({ name, owner }: LeaseRequest): Promise<Granted | Busy> {
    const held = this.#holds.get(name);
    if (held !== undefined && held.owner !== owner) return { granted: false, heldBy: held.owner };
    if (held !== undefined && (await this.renew({ name, owner }))) return granted(held);
    const { result, token, held_by: heldBy } = await this.#ask(name, owner);
    if (result === isHeldElsewhere) {
      return { granted: false, heldBy: heldBy == null ? undefined : fromStoredText(heldBy) };
    }
    if (result < 0) throw applockFault(this.#service, result);
    if (token == null) throw await this.#endUnread();
    const hold = { owner, token: BigInt(token), ended: new AbortController() };
    this.#holds.set(name, hold);
    // It may have ended since it answered.
    if (this.hasEnded) this.#loseAll();
    return granted(hold);
  }

  async renew({ name, owner }: LeaseRequest): Promise<boolean> {
    const hold = this.#holds.get(name);
    if (hold?.owner !== owner) return false;
    if (await this.#isHeld(name)) return true;
    this.#holds.delete(name);
    hold.ended.abort(new Error(`${this.#service}: its session does not hold the lock any more.`));
    return false;
  }

  /** Never fails: what cannot be given back ends with the session. */
  async release({ name, owner }: LeaseRequest): Promise<void> {
    if (this.#holds.get(name)?.owner !== owner) return;
    await this.#giveBack(name);
    this.#holds.delete(name);
  }

  end(): Promise<void> {
    return this.#session.end();
  }

  async #ask(name: string, owner: string): Promise<AcquireRow> {
    const acquire = `EXEC ${this.#schema}.acquire_lock @id = @id, @name = @name, @owner = @owner;`;
    try {
      const [row] = await this.#session.run<AcquireRow>(acquire, {
        id: idOf(name),
        name: { text: toStoredText(name), length: 400 },
        owner: { text: toStoredText(owner), length: 400 },
      });
      if (typeof row?.result === 'number') return row;
    } catch (error) {
      // Not every error lets the procedure give the lock back itself.
      if (!mayHaveBeenDone(error)) await this.#giveBack(name);
      throw error;
    }
    throw await this.#endUnread();
  }

  async #isHeld(name: string): Promise<boolean> {
    const check = `EXEC ${this.#schema}.check_lock @id = @id;`;
    const [row] = await this.#session.run<{ readonly held: number }>(check, { id: idOf(name) });
    if (typeof row?.held !== 'number') throw await this.#endUnread();
    return row.held === 1;
  }

  async #giveBack(name: string): Promise<void> {
    const release = `EXEC ${this.#schema}.release_lock @id = @id;`;
    try {
      const [row] = await this.#session.run<{ readonly result: number }>(release, {
        id: idOf(name),
      });
      if (typeof row?.result !== 'number') throw unreadable(this.#service);
      if (row.result < 0) throw applockFault(this.#service, row.result);
    } catch (error) {
      await this.#session.end(error);
    }
  }

  /** The server may have granted what nobody here can know of. */
  async #endUnread(): Promise<ServiceRefusedError> {
    const fault = unreadable(this.#service);
    await this.#session.end(fault);
    return fault;
  }

  #loseAll(): void {
    const { reason } = this.#session.ended;
    const holds = [...this.#holds.values()];
    this.#holds.clear();
    for (const { ended } of holds) ended.abort(reason);
  }
}

function granted({ token, ended }: Hold): Granted {
  return { granted: true, token, ended: ended.signal };
}

function unreadable(service: string): ServiceRefusedError {
  const fix =
    'Its procedures answer what this version cannot read: call migrate(), and look what changes rows in its client.';
  return new ServiceRefusedError(service, fix);
}

function idOf(name: string): Parameter {
  return { text: hash('sha256', name), length: 64 };
}
