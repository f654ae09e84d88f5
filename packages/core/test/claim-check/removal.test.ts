/**
 * Documents go when nothing refers to them any more, and never before.
 */
import { describe, expect, it } from 'vitest';
import {
  aLease,
  anEnd,
  anOutcome,
  aReport,
  aRun,
  create,
  record,
} from '../../src/conformance/setting.ts';
import { claimCheck, deleteRuns } from '../../src/index.ts';
import { claimPlace, gate, large, turns, withMethods } from './claim-place.ts';

const day = 86_400_000;
const fault = new Error('The network is down.');

describe('the document of a write that is refused', () => {
  it.each([
    {
      what: 'a run that is there already',
      write: async ({ store }: Place) => {
        return (await store.createRun(aRun('r', { input: large('other') }), aLease('me'))).state;
      },
      answer: 'exists',
    },
    {
      what: 'a second outcome',
      write: async ({ store, writer }: Place) => {
        await record(store, writer, anOutcome('', 'A'));
        return record(store, writer, anOutcome('', 'A', { outputs: large('other') }));
      },
      answer: 'duplicate',
    },
    {
      what: 'an outcome of a writer that is fenced',
      write: ({ store, writer }: Place) =>
        record(
          store,
          { ...writer, token: -1 },
          anOutcome('', 'A', { outputs: large('A'), details: large('B') }),
        ),
      answer: 'fenced',
    },
    {
      what: 'a state of a writer that is fenced',
      write: ({ store, writer }: Place) =>
        store.saveState({ ...writer, token: -1 }, 'p', large('state')),
      answer: false,
    },
    {
      what: 'a signal that was sent before',
      write: async ({ store }: Place) => {
        await store.putSignal('r', { event: 'go', payload: '', id: 'x' });
        return store.putSignal('r', { event: 'go', payload: large('again'), id: 'x' });
      },
      answer: 'duplicate',
    },
    {
      what: 'the report of a superseded delivery',
      write: async ({ store }: Place) => {
        const place = { frame: '', key: 'A' };
        for (let n = 1; n <= 2; n++) await store.claimAttempt('r', place, 1);
        return store.putSignal('r', aReport(place, 1, 1, { payload: large('late') }));
      },
      answer: 'stale',
    },
    {
      what: 'a signal to a run that has ended',
      write: async ({ store, writer }: Place) => {
        await store.endRun(writer, anEnd);
        return store.putSignal('r', { event: 'go', payload: large('late') });
      },
      answer: 'ended',
    },
    {
      what: 'a signal to a run that is unknown',
      write: ({ store }: Place) =>
        store.putSignal('unknown', { event: 'go', payload: large('lost') }),
      answer: 'unknown',
    },
  ])('goes: $what', async ({ write, answer }) => {
    const place = claimPlace();
    const writer = await create(place.store, 'r', { input: large('input') });
    expect(await write({ ...place, writer })).toBe(answer);
    await place.store.close();
    expect(place.documents.values).toEqual([large('input')]);
  });

  type Place = ReturnType<typeof claimPlace> & { writer: Awaited<ReturnType<typeof create>> };
});

describe('the document that a reference stands for', () => {
  it('stays where a driver has written it twice, and answers for the second time', async () => {
    const place = claimPlace((inner) =>
      withMethods(inner, (store) => ({
        createRun: async (run, lease) => {
          await store.createRun(run, lease);
          return store.createRun(run, lease);
        },
        recordOutcome: async (writer, entry) => {
          await store.recordOutcome(writer, entry);
          return store.recordOutcome(writer, entry);
        },
        saveState: async (writer, path, state) => {
          await store.saveState(writer, path, state);
          return store.saveState({ ...writer, token: -1 }, path, state);
        },
        putSignal: async (runId, signal) => {
          await store.putSignal(runId, signal);
          return store.putSignal(runId, signal);
        },
      })),
    );
    const { store, documents } = place;
    const run = aRun('r', { input: large('input') });
    expect((await store.createRun(run, aLease('me'))).state).toBe('exists');
    const taken = await store.acquireLease('r', aLease('me'));
    expect(taken.state).toBe('held');
    await place.clock.advance('2m');
    const granted = await store.acquireLease('r', aLease('me'));
    const writer = { runId: 'r', token: granted.state === 'granted' ? granted.token : 0 };
    const outcome = anOutcome('', 'A', { outputs: large('outputs') });
    expect(await record(store, writer, outcome)).toBe('duplicate');
    expect(await store.saveState(writer, 'p', large('state'))).toBe(false);
    const signal = { event: 'go', payload: large('payload'), id: 'x' };
    expect(await store.putSignal('r', signal)).toBe('duplicate');
    await store.close();

    expect(documents.values).toEqual(['input', 'outputs', 'payload', 'state'].map(large));
  });

  it('stays where nobody knows whether the reference was written', async () => {
    const { store, inner, documents } = claimPlace((under) =>
      withMethods(under, (to) => ({
        saveState: async (writer, path, state) => {
          await to.saveState(writer, path, state);
          throw fault;
        },
      })),
    );
    const writer = await create(store, 'r');
    await expect(store.saveState(writer, 'p', large('state'))).rejects.toBe(fault);
    expect(await inner.readState('r', 'p')).toBeDefined();
    expect(await store.readState('r', 'p')).toBe(large('state'));
    await store.close();
    expect(documents.values).toEqual([large('state')]);
  });

  it('is its own where two texts are the same', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    const outcome = anOutcome('', 'A', { outputs: large('same') });
    await record(store, writer, outcome);
    expect(await record(store, writer, outcome)).toBe('duplicate');
    await store.close();
    expect(documents.values).toEqual([large('same')]);
    expect(await store.readFrame('r', '')).toEqual([outcome]);
  });
});

describe('the document of what is not needed any more', () => {
  it('goes: a state that is replaced, by a large one or a small one', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    for (const state of ['1', '2', '3']) await store.saveState(writer, 'p', large(state));
    await expect.poll(() => documents.values).toEqual([large('3')]);
    await store.saveState(writer, 'p', 'small');
    await expect.poll(() => documents.values).toEqual([]);
  });

  it('is never that of the newest state, in whatever order the answers come', async () => {
    const first = gate();
    let calls = 0;
    const { store, documents } = claimPlace((inner) =>
      withMethods(inner, (to) => ({
        saveState: async (writer, path, state) => {
          const isFirst = calls++ === 0;
          const saved = await to.saveState(writer, path, state);
          if (isFirst) await first.opened;
          return saved;
        },
      })),
    );
    const writer = await create(store, 'r');
    const saved = ['1', '2'].map((state) => store.saveState(writer, 'p', large(state)));
    expect(await saved[1]).toBe(true);
    first.open();
    await saved[0];
    await store.close();
    expect(documents.values).toEqual([large('2')]);
    expect(await store.readState('r', 'p')).toBe(large('2'));
  });

  it('goes: what an outcome forgets and takes, and nothing else', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    await store.saveState(writer, 'p', large('forgotten'));
    await store.saveState(writer, 'q', large('kept'));
    for (const payload of ['one', 'two', 'three']) {
      await store.putSignal('r', { event: 'go', payload: large(payload) });
    }
    await store.readSignals('r', 0);
    await record(store, writer, anOutcome('', 'A'), { signals: [1, 3], forgetState: 'p' });
    await expect.poll(() => documents.values).toEqual([large('kept'), large('two')]);
    expect(await store.readSignals('r', 0)).toMatchObject([{ payload: large('two') }]);
  });

  it('stays where the outcome that would have taken it is refused', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    await record(store, writer, anOutcome('', 'A'));
    await store.putSignal('r', { event: 'go', payload: large('one') });
    await store.readSignals('r', 0);
    await record(store, writer, anOutcome('', 'A'), { signals: [1] });
    await store.close();
    expect(documents.values).toEqual([large('one')]);
  });

  it('makes no write fail when it cannot be removed', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    documents.before = ({ operation }) =>
      operation === 'remove' ? Promise.reject(fault) : undefined;
    for (const state of ['1', '2']) {
      expect(await store.saveState(writer, 'p', large(state))).toBe(true);
    }
    await store.close();
    expect(documents.values).toEqual([large('1'), large('2')]);
  });
});

describe('deleting a run', () => {
  /** Everything of a run, as documents. */
  async function filled({ store }: ReturnType<typeof claimPlace>, runId: string) {
    const writer = await create(store, runId, { input: large(`${runId} input`) });
    await store.saveState(writer, 'p', large(`${runId} state`));
    await store.putSignal(runId, { event: 'go', payload: large(`${runId} payload`) });
    for (let n = 0; n < 50; n++) {
      await record(store, writer, anOutcome('Loop', n, { outputs: large(`${runId} ${n}`) }));
    }
    return writer;
  }

  it.each([true, false])('removes all of its documents, ended or not: %s', async (hasEnded) => {
    const place = claimPlace();
    const { store, documents } = place;
    const writer = await filled(place, 'r');
    await filled(place, 'r1');
    await filled(place, 'R');
    const neighbours = documents.values.filter((value) => !value.startsWith('r '));
    if (hasEnded) await store.endRun(writer, anEnd);
    documents.mostAtOnce = 0;

    expect(await store.deleteRun('r')).toBe(true);
    expect(documents.values).toEqual(neighbours);
    expect(documents.mostAtOnce).toBeLessThanOrEqual(17);
    expect(await store.deleteRun('r')).toBe(false);
  });

  it('removes those that no reference came to stand for', async () => {
    const place = claimPlace((inner) =>
      withMethods(inner, () => ({ saveState: () => Promise.reject(fault) })),
    );
    const { store, documents } = place;
    const writer = await create(store, 'r');
    await expect(store.saveState(writer, 'p', large('state'))).rejects.toBe(fault);
    expect(documents.values).toHaveLength(1);
    await store.deleteRun('r');
    expect(documents.values).toEqual([]);
  });

  it('that was broken off is taken up by the next one, for the run is still listed', async () => {
    const place = claimPlace();
    const { store, documents } = place;
    await store.endRun(await filled(place, 'r'), anEnd);
    let removed = 0;
    documents.before = ({ operation }) =>
      operation === 'remove' && ++removed > 20 ? Promise.reject(fault) : undefined;
    await expect(deleteRuns(store, { endedBefore: day })).rejects.toBe(fault);
    documents.before = () => undefined;

    expect(await deleteRuns(store, { endedBefore: day })).toBe(1);
    expect(documents.values).toEqual([]);
  });

  it('leaves the documents alone of a run that has not ended in time', async () => {
    const place = claimPlace();
    const { store, documents } = place;
    await store.endRun(await filled(place, 'r'), { ...anEnd, endTime: 9_000 });
    await filled(place, 'on');
    const before = documents.values;
    expect(await store.deleteRun('r', { endedBefore: 9_000 })).toBe(false);
    expect(await store.deleteRun('on', { endedBefore: 9_000 })).toBe(false);
    expect(documents.values).toEqual(before);
    expect(await store.deleteRun('r', { endedBefore: 9_001 })).toBe(true);
  });

  it('leaves the run alone that is created with its id meanwhile', async () => {
    const place = claimPlace();
    const { store, documents, inner } = place;
    await filled(place, 'r');
    const { opened, open } = gate();
    documents.before = ({ operation }) => (operation === 'list' ? opened : undefined);
    const deleted = store.deleteRun('r');
    await expect.poll(() => inner.readRun('r')).toBeUndefined();
    const other = claimPlaceOn(place);
    const anew = await create(other, 'r', { input: large('new input') });
    await other.saveState(anew, 'p', large('new state'));
    open();

    expect(await deleted).toBe(true);
    expect(documents.values).toEqual([large('new input'), large('new state')]);
    expect(await other.readRun('r')).toMatchObject({ input: large('new input') });
    expect(await other.readState('r', 'p')).toBe(large('new state'));
  });

  it('leaves what is being created alone, until it is a day old and never will be', async () => {
    const place = claimPlace((inner) =>
      withMethods(inner, (to) => ({
        createRun: (run, lease) =>
          run.keyRoot === 'dies' ? Promise.reject(fault) : to.createRun(run, lease),
      })),
    );
    const { store, documents, clock } = place;
    const dying = aRun('r', { input: large('of the dead'), keyRoot: 'dies' });
    await expect(store.createRun(dying, aLease('me'))).rejects.toBe(fault);
    for (const left of [[large('of the dead')], []]) {
      await store.endRun(await filled(place, 'r'), anEnd);
      await store.deleteRun('r');
      expect(documents.values).toEqual(left);
      await clock.advance(day + 1);
    }
  });

  it('takes the documents of who has not noticed with it', async () => {
    const place = claimPlace();
    const { store, documents } = place;
    const writer = await filled(place, 'r');
    const late = claimPlaceOn(place);
    await late.saveState(writer, 'p', large('in time'));
    const { opened, open } = gate();
    documents.before = ({ operation }) => (operation === 'create' ? opened : undefined);
    const saved = late.saveState(writer, 'p', large('too late'));
    await turns();
    expect(await store.deleteRun('r')).toBe(true);
    open();
    expect(await saved).toBe(false);
    await late.close();
    expect(documents.values).toEqual([]);
  });

  it('loses a signal that was meant for it, and not the run that has its id afterwards', async () => {
    const place = claimPlace();
    const { store, documents } = place;
    await filled(place, 'r');
    const { opened, open } = gate();
    documents.before = ({ operation, value }) =>
      operation === 'create' && value === large('late') ? opened : undefined;
    const sent = claimPlaceOn(place).putSignal('r', { event: 'go', payload: large('late') });
    await turns();
    await store.deleteRun('r');
    await create(store, 'r');
    open();
    expect(await sent).toBe('kept');
    documents.texts.clear();
    await store.putSignal('r', { event: 'go', payload: large('in time') });
    expect(await store.readSignals('r', 0)).toMatchObject([{ payload: large('in time') }]);
  });
});

/** The store of another process on the same place. */
function claimPlaceOn({ inner, documents, clock }: ReturnType<typeof claimPlace>) {
  return claimCheck(inner, documents, { above: 20, clock });
}
