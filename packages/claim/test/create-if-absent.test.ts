/**
 * createIfAbsent(): one creates, all get it, and who has created it knows, also after a lost reply.
 */
import { virtualClock } from '@runafter/clock';
import { DocumentExistsError, memoryDocumentStore } from '@runafter/optimistic';
import { describe, expect, it } from 'vitest';
import { createIfAbsent } from '../src/index.ts';
import { Documents, shakyDocuments } from './shaky-documents.ts';
import { fault, ScriptedNetwork } from './weather.ts';

function make() {
  const clock = virtualClock();
  const documents = new Documents();
  const network = new ScriptedNetwork(clock);
  return { documents, network, store: shakyDocuments<{ name: string }>(documents, network) };
}

describe('createIfAbsent()', () => {
  it('creates one of many, and all get that one', async () => {
    const store = memoryDocumentStore<{ name: string }>();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        createIfAbsent(store, 'key', { name: `${number}` }),
      ),
    );
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(all.map(({ value, etag }) => `${value.name} ${etag}`)).size).toBe(1);
    expect(all[0]?.etag).toBe((await store.read('key'))?.etag);
  });

  it('costs one request when it is absent, and hands over a value of its own', async () => {
    const { network, store } = make();
    const given = { name: 'anna' };
    const { value, created } = await createIfAbsent(store, 'key', given);
    expect(network.log).toEqual(['0 write']);
    expect(created).toBe(true);
    expect(value).toEqual(given);
    expect(value).not.toBe(given);
  });

  it('knows its own after a lost reply', async () => {
    const { network, store, documents } = make();
    network.handle = async (what, carryOut) => {
      const reply = await carryOut();
      if (what === 'write') throw fault('unknown');
      return reply;
    };
    expect(await createIfAbsent(store, 'key', { name: 'anna' })).toMatchObject({ created: true });
    expect(await createIfAbsent(store, 'key', { name: 'ben' })).toMatchObject({
      created: false,
      value: { name: 'anna' },
    });
    expect(documents.written).toHaveLength(1);
  });

  it('says that nobody knows when the reply was lost and nothing is there', async () => {
    const { network, store } = make();
    network.handle = async (what, carryOut) => {
      if (what === 'write') throw fault('unknown');
      return await carryOut();
    };
    await expect(createIfAbsent(store, 'key', { name: 'anna' })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
  });

  it('tries again when the one that was there has gone', async () => {
    const { store } = make();
    const create = store.create.bind(store);
    let tries = 0;
    store.create = async (...request) => {
      if (++tries === 1) throw new DocumentExistsError('store', 'key');
      return await create(...request);
    };
    expect(await createIfAbsent(store, 'key', { name: 'anna' })).toMatchObject({ created: true });
    expect(tries).toBe(2);
  });

  it('ends when a document is there that it may not read', async () => {
    const { store } = make();
    let tries = 0;
    store.create = async () => {
      tries++;
      throw new DocumentExistsError('store', 'key');
    };
    await expect(createIfAbsent(store, 'key', { name: 'anna' })).rejects.toMatchObject({
      code: 'DOCUMENT_EXISTS',
    });
    expect(tries).toBe(2);
  });
});
