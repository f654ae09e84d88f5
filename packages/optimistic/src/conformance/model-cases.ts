/**
 * Random programs: whatever is called in whatever order, a store answers as a Map would.
 * @module
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DocumentStore } from '../document-port.ts';
import { DocumentModel } from './document-model.ts';
import type { Parcel } from './document-store-harness.ts';
import { type Command, program } from './model-commands.ts';
import { aFence, answerOf, aParcel, need, type Setting } from './setting.ts';

export function modelCases(setting: Setting): void {
  describe('a random program', () => {
    beforeEach(need(setting, 'create', 'remove', 'list'));

    it('gets the answers of a simple model', async () => {
      let programs = 0;
      const property = fc.asyncProperty(program(setting.capabilities.fences), async (commands) => {
        const session = new Session(setting, `${++programs}-`);
        for (const command of commands) await session.run(command);
      });
      const { seed } = setting;
      await fc.assert(property, { numRuns: 40, ...(seed !== undefined && { seed }) });
    }, 120_000);
  });
}

/** One program, on keys of its own. */
class Session {
  readonly #setting: Setting;
  readonly #prefix: string;
  readonly #model = new DocumentModel();
  /** The ETags of each key, oldest first. The model knows a version by its place among them. */
  readonly #etags = new Map<string, string[]>();

  constructor(setting: Setting, prefix: string) {
    this.#setting = setting;
    this.#prefix = prefix;
  }

  async run(command: Command): Promise<void> {
    const store = command.connection ? this.#setting.other : this.#setting.store;
    const told = await answerOf(this.#call(store, command));
    const answer = 'done' in told ? 'done' : codeOf(told.refused);
    expect(answer, `the answer to ${command.call}`).toBe(this.#model.apply(command));
    await this.#compare(store);
  }

  async #call(store: DocumentStore<Parcel>, command: Command): Promise<void> {
    const key = this.#prefix + command.key;
    const etags = this.#etags.get(command.key) ?? [];
    const fence = command.fence && aFence(command.fence.token, command.fence.owner);
    const known = etags.at(-1 - command.age) ?? 'no etag of it';
    const document = command.byDocument ? await store.read(key) : undefined;
    const version = document?.etag === known ? document : known;
    const value = aParcel(command.count);
    switch (command.call) {
      case 'create':
        this.#note(command.key, await store.create(key, value, { fence }));
        return;
      case 'replace':
        this.#note(command.key, await store.replace(key, value, version, { fence }));
        return;
      case 'remove':
        await store.remove(key, version, { fence });
    }
  }

  #note(key: string, etag: string): void {
    const etags = this.#etags.get(key) ?? [];
    expect(etags, 'an ETag that it never had').not.toContain(etag);
    this.#etags.set(key, [...etags, etag]);
  }

  async #compare(store: DocumentStore<Parcel>): Promise<void> {
    const expected: Record<string, unknown> = {};
    for (const [key, count] of this.#model.contents()) {
      expected[this.#prefix + key] = { value: aParcel(count), etag: this.#etags.get(key)?.at(-1) };
    }
    const found: Record<string, unknown> = {};
    for await (const { key, etag } of store.list(this.#prefix)) {
      expect(found, 'listed once').not.toHaveProperty([key]);
      const document = await store.read(key);
      expect(document?.etag, 'listed as it is read').toBe(etag);
      found[key] = { value: document?.value, etag };
    }
    expect(found, 'what is there').toEqual(expected);
  }
}

function codeOf(error: unknown): unknown {
  if (error instanceof Error && 'code' in error) return error.code;
  throw error;
}
