/**
 * Random programs: whatever is called in whatever order, a name has the holders that a simple model has.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lease, Lock } from '../lock-port.ts';
import { breakLease, need, type Setting, soon } from './setting.ts';

/** Of a client: what it does depends on what it has. */
interface Command {
  readonly client: 0 | 1 | 2 | 3;
  readonly name: 'a' | 'b';
  /** Who has nothing tries once, or else waits. */
  readonly tries: boolean;
  /** Who holds is broken, or else releases. */
  readonly breaks: boolean;
}

const program: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.record({
    client: fc.constantFrom(0, 1, 2, 3),
    name: fc.constantFrom('a', 'a', 'a', 'b'),
    tries: fc.constantFrom(false, false, true),
    breaks: fc.constantFrom(false, false, true),
  }),
  { minLength: 1, maxLength: 20 },
);

export function modelCases(setting: Setting): void {
  describe('a random program', () => {
    it('has the holders of a simple model', async (context) => {
      need(setting, 'separateConnections')(context);
      const clients = await Promise.all(Array.from({ length: 4 }, () => connect(setting)));
      const { seed } = setting;
      let programs = 0;
      const property = fc.asyncProperty(program, async (commands) => {
        const prefix = `${++programs}-`;
        const names = { a: new Name(setting, `${prefix}a`), b: new Name(setting, `${prefix}b`) };
        for (const { name, client: number, tries, breaks } of commands) {
          const client = clients[number] as Client;
          const other = names[name === 'a' ? 'b' : 'a'];
          // Where leases are tied to a connection, a break ends all that a client holds.
          await names[name].act(client, { tries, breaks: breaks && !other.isHeldBy(client) });
        }
        await names.a.end();
        await names.b.end();
      });
      await fc.assert(property, { numRuns: 12, ...(seed !== undefined && { seed }) });
    }, 120_000);
  });
}

/** A connection, and what it does when it makes somebody wait. */
interface Client {
  readonly lock: Lock;
  onWait: () => void;
}

async function connect({ place, capabilities }: Setting): Promise<Client> {
  const random = () => {
    client.onWait();
    return Math.random();
  };
  const poll = capabilities.wakes ? '1m' : 50;
  const client: Client = { lock: await place.connect({ random, poll }), onWait: () => {} };
  return client;
}

interface Waiting {
  readonly client: Client;
  readonly granted: Promise<Lease>;
  readonly controller: AbortController;
}

interface Holder {
  readonly client: Client | undefined;
  readonly lease: Lease;
}

/** A name, as the model has it. */
class Name {
  readonly #setting: Setting;
  readonly #name: string;
  #holder: Holder | undefined;
  #line: Waiting[] = [];
  #lastToken = 0n;

  constructor(setting: Setting, name: string) {
    this.#setting = setting;
    this.#name = name;
  }

  async act(client: Client, how: Pick<Command, 'tries' | 'breaks'>): Promise<void> {
    // Whoever had it after a break is none of the clients.
    if (this.#holder !== undefined && this.#holder.client === undefined)
      return await this.#release(this.#holder);
    const waiting = this.#line.find((each) => each.client === client);
    const { capabilities } = this.#setting;
    if (waiting !== undefined) await this.#leave(waiting);
    else if (this.#holder?.client !== client)
      await (how.tries ? this.#try(client) : this.#wait(client));
    // Who waits may be told of a break by the next poll only.
    else if (how.breaks && capabilities.breakable && this.#line.length === 0)
      await this.#break(this.#holder);
    else await this.#release(this.#holder);
    this.#holder?.lease.assertHeld();
  }

  isHeldBy(client: Client): boolean {
    return this.#holder?.client === client;
  }

  /** Until nobody has it or wants it. */
  async end(): Promise<void> {
    while (this.#holder !== undefined) await this.#release(this.#holder);
  }

  async #try(client: Client): Promise<void> {
    const lease = await client.lock.tryAcquire(this.#name);
    expect(lease !== undefined, 'whether it is granted').toBe(this.#holder === undefined);
    if (lease !== undefined) this.#grant({ client, lease });
  }

  async #wait(client: Client): Promise<void> {
    const begun = new Promise<void>((resolve) => {
      client.onWait = resolve;
    });
    const controller = new AbortController();
    const { signal } = controller;
    const granted = client.lock.acquire(this.#name, { wait: '1m', signal });
    granted.catch(() => {});
    if (this.#holder === undefined) return this.#grant({ client, lease: await granted });
    await Promise.race([begun, granted]);
    this.#line.push({ client, granted, controller });
  }

  async #leave(waiting: Waiting): Promise<void> {
    const reason = new Error('No longer wanted.');
    waiting.controller.abort(reason);
    await expect(waiting.granted).rejects.toBe(reason);
    this.#line = this.#line.filter((each) => each !== waiting);
  }

  async #release({ lease }: Holder): Promise<void> {
    await lease.release();
    this.#holder = undefined;
    if (this.#line.length === 0) return;
    const grants = this.#line.map(async (waiting) => ({ waiting, lease: await waiting.granted }));
    const { waiting, lease: next } = await Promise.race(grants);
    if (this.#setting.capabilities.fifo) expect(waiting, 'who is next').toBe(this.#line[0]);
    this.#line = this.#line.filter((each) => each !== waiting);
    this.#grant({ client: waiting.client, lease: next });
  }

  /** Somebody else gets it, and keeps it whatever the broken holder does. */
  async #break({ client, lease }: Holder): Promise<void> {
    await breakLease(this.#setting, this.#name);
    const next = await this.#setting.other.acquire(this.#name, { wait: soon });
    this.#grant({ client: undefined, lease: next });
    await lease.release();
    expect(await client?.lock.tryAcquire(this.#name)).toBeUndefined();
  }

  #grant(holder: Holder): void {
    const { token } = holder.lease;
    expect(token, 'the token of a later lease').toBeGreaterThan(this.#lastToken);
    this.#lastToken = token;
    this.#holder = holder;
  }
}
