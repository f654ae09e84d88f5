/**
 * What of a run becomes a document and what does not, and how it comes back.
 */
import { describe, expect, it } from 'vitest';
import {
  aLease,
  anOutcome,
  aReport,
  aRun,
  atOnce,
  collect,
  create,
  record,
} from '../../src/conformance/setting.ts';
import { claimCheck, memoryRunStore, type StoredSignal } from '../../src/index.ts';
import { recordedStore } from '../durable/recorded-store.ts';
import { claimPlace, large } from './claim-place.ts';
import { MemoryDocuments } from './memory-documents.ts';

describe('a large text', () => {
  it('is a document wherever it stands, and only a short reference is in the run store', async () => {
    const { store, inner, documents } = claimPlace();
    const texts = ['definition', 'input', 'outputs', 'details', 'state', 'payload'].map(large);
    const [definition = '', input = '', outputs = '', details = '', state = '', payload = ''] =
      texts;
    const writer = await create(store, 'r', { definition, input });
    await record(store, writer, anOutcome('', 'A', { outputs, details }));
    await store.saveState(writer, 'p', state);
    await store.putSignal('r', { event: 'go', payload });

    expect(documents.values).toEqual([...texts].sort());
    const kept = JSON.stringify([
      await inner.readRun('r'),
      await inner.readFrame('r', ''),
      await inner.readState('r', 'p'),
      await inner.readSignals('r', 0),
    ]);
    for (const text of texts) expect(kept).not.toContain(text);

    expect(await store.readRun('r')).toMatchObject({ definition, input });
    expect(await store.readFrame('r', '')).toEqual([anOutcome('', 'A', { outputs, details })]);
    expect(await store.readState('r', 'p')).toBe(state);
    expect(await store.readSignals('r', 0)).toEqual([{ event: 'go', payload, number: 1 }]);
    expect(await collect(store.listRuns())).toMatchObject([{ definition, input }]);
  });

  it('has more bytes than the option says, however few characters', async () => {
    const documents = new MemoryDocuments();
    const store = claimCheck(memoryRunStore(), documents, { above: 6 });
    const writer = await create(store, 'r', { definition: '', input: '' });
    for (const text of ['aaaaaa', 'ééé', '\u20ac\u20ac']) await store.saveState(writer, text, text);
    expect(documents.values).toEqual([]);
    const over = ['aaaaaaa', 'éééa', '\u20ac\u20aca', '\ud83d\ude80\ud83d\ude80'];
    for (const text of over) await store.saveState(writer, text, text);
    expect(documents.values).toEqual([...over].sort());
  });

  it('has 64 KiB unless told otherwise', async () => {
    const documents = new MemoryDocuments();
    const store = claimCheck(memoryRunStore(), documents);
    const writer = await create(store, 'r');
    await store.saveState(writer, 'p', 'x'.repeat(65_536));
    expect(documents.values).toEqual([]);
    await store.saveState(writer, 'p', 'x'.repeat(65_537));
    expect(documents.values).toHaveLength(1);
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('cannot be one of %d bytes', (above) => {
    const make = () => claimCheck(memoryRunStore(), new MemoryDocuments(), { above });
    expect(make).toThrow(expect.objectContaining({ code: 'RUN_OPTION_INVALID', option: 'above' }));
  });
});

describe('a small text', () => {
  it('goes to the run store as it is, before the call returns', async () => {
    const recorded = recordedStore();
    const documents = new MemoryDocuments();
    const store = claimCheck(recorded.store, documents);
    const writer = await create(store, 'r');
    const entry = { outcome: anOutcome('', 'A', { outputs: '1' }) };
    const signal = aReport({ frame: '', key: 'A' }, 1, 1);
    const before = recorded.calls.length;
    const calls = [
      store.recordOutcome(writer, entry),
      store.saveState(writer, 'p', 'small'),
      store.putSignal('r', signal),
    ];

    const [outcome, state, report] = recorded.calls.slice(before);
    expect(outcome?.args[1]).toBe(entry);
    expect(state?.args).toEqual([writer, 'p', 'small']);
    expect(report?.args[1]).toBe(signal);
    await Promise.all(calls);
    await store.readFrame('r', '');
    expect(documents.requests).toEqual([]);
  });

  it('that looks like a reference comes back as it was given', async () => {
    const { store, inner, documents } = claimPlace();
    const writer = await create(store, 'r');
    await store.saveState(writer, 'p', large('a secret'));
    const reference = (await inner.readState('r', 'p')) ?? '';
    const bare = claimCheck(inner, documents, { above: 10_000 });
    const tricks = [reference, 'claim-check:', 'claim-check:text:x', 'claim-check:folder:0 x'];
    for (const trick of [...tricks, `claim-check:text:${reference}`]) {
      const own = await create(bare, trick, { definition: trick, input: trick });
      await record(bare, own, anOutcome('', 'A', { outputs: trick, details: trick }));
      await bare.saveState(own, 'p', trick);
      const heard: (StoredSignal | undefined)[] = [];
      bare.onSignal(trick, (signal) => heard.push(signal));
      await bare.putSignal(trick, { event: 'go', payload: trick });

      expect(await bare.readRun(trick)).toMatchObject({ definition: trick, input: trick });
      expect(await bare.readFrame(trick, '')).toMatchObject([{ outputs: trick, details: trick }]);
      expect(await bare.readState(trick, 'p')).toBe(trick);
      expect(await bare.readSignals(trick, 0)).toMatchObject([{ payload: trick }]);
      expect(heard.every((signal) => signal === undefined)).toBe(true);
    }
  });
});

describe('reading', () => {
  it('a thousand large outcomes asks for a few documents at a time', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    const outcomes = Array.from({ length: 1_000 }, (_, n) =>
      anOutcome('Loop', n, { outputs: large(`${n}`) }),
    );
    for (const outcome of outcomes) await record(store, writer, outcome);
    documents.mostAtOnce = 0;
    documents.before = async () => {
      await Promise.resolve();
    };

    expect(await store.readFrame('r', 'Loop')).toEqual(outcomes);
    expect(documents.mostAtOnce).toBeGreaterThan(4);
    expect(documents.mostAtOnce).toBeLessThanOrEqual(16);
  });

  it('works for runs that were stored without documents before', async () => {
    const { store, inner, documents } = claimPlace();
    const writer = await create(inner, 'r');
    await inner.saveState(writer, 'old', large('old'));
    expect(await store.readRun('r')).toEqual(await inner.readRun('r'));
    await store.saveState(writer, 'new', large('new'));
    expect(await store.readState('r', 'old')).toBe(large('old'));
    expect(await store.readState('r', 'new')).toBe(large('new'));
    expect(await store.deleteRun('r')).toBe(true);
    expect(documents.values).toEqual([]);
  });

  it('finds the state that has replaced the one whose document is gone', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    await store.saveState(writer, 'p', large('before'));
    documents.before = async ({ operation }) => {
      if (operation !== 'read') return;
      documents.before = () => undefined;
      await store.saveState(writer, 'p', large('after'));
      await expect.poll(() => documents.values).toEqual([large('after')]);
    };
    expect(await store.readState('r', 'p')).toBe(large('after'));
  });

  it('leaves out the signal that was taken while it was read', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    await store.putSignal('r', { event: 'go', payload: large('1') });
    await store.readSignals('r', 0);
    documents.before = async ({ operation }) => {
      if (operation !== 'read') return;
      documents.before = () => undefined;
      await record(store, writer, anOutcome('', 'Wait'), { signals: [1] });
      await expect.poll(() => documents.values).toEqual([]);
    };
    expect(await store.readSignals('r', 0)).toEqual([]);
  });

  it.each([
    { place: 'The input', method: 'readRun' as const, args: [] },
    { place: 'The output of "Orders[3]/Mail"', method: 'readFrame' as const, args: ['Orders[3]'] },
    { place: 'What is known of "p"', method: 'readState' as const, args: ['p'] },
    {
      place: 'The payload of signal 1, event "go",',
      method: 'readSignals' as const,
      args: [0],
    },
  ])('$place fails with a name where the document is missing', async ({ place, method, args }) => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r', { input: large('input') });
    await record(store, writer, anOutcome('Orders[3]', 'Mail', { outputs: large('outputs') }));
    await store.saveState(writer, 'p', large('state'));
    await store.putSignal('r', { event: 'go', payload: large('payload') });
    documents.texts.clear();

    const read = store[method] as (...all: unknown[]) => Promise<unknown>;
    await expect(read.call(store, 'r', ...args)).rejects.toMatchObject({
      ...{ code: 'RUN_DOCUMENT_MISSING', runId: 'r', place },
      ...{ key: expect.stringMatching(/^r\//), documents: documents.name },
      message: expect.stringContaining(`${place} of run "r"`),
    });
  });

  it('fails with the fault of the documents where they cannot be read', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    await store.saveState(writer, 'p', large('state'));
    const fault = new Error('The network is down.');
    documents.before = () => Promise.reject(fault);
    await expect(store.readState('r', 'p')).rejects.toBe(fault);
  });

  it('lists a run whose documents are missing, so that it can be deleted', async () => {
    const { store, documents } = claimPlace();
    await create(store, 'r', { input: large('input') });
    documents.texts.clear();
    expect(await collect(store.listRuns())).toMatchObject([{ runId: 'r' }]);
    expect(await store.deleteRun('r')).toBe(true);
  });
});

describe('a listener', () => {
  it('is given signals that need not be read, and is woken for others', async () => {
    const { store } = claimPlace();
    await create(store, 'r');
    const heard: unknown[] = [];
    store.onSignal('r', (signal) => heard.push(signal?.payload));
    await store.putSignal('r', { event: 'go', payload: 'small' });
    await store.putSignal('r', { event: 'go', payload: large('payload') });
    expect(heard).toEqual(['small', undefined]);
  });
});

it('keeps runs for as long as the run store does, and closes that, and not the documents', async () => {
  const { store, inner } = claimPlace((under) => under);
  expect(store.retention).toBe(inner.retention);
  const recorded = recordedStore();
  const documents = new MemoryDocuments();
  const closing = claimCheck(recorded.store, documents);
  await atOnce(3, () => closing.close());
  expect(recorded.calls.map(({ method }) => method)).toEqual(['close']);
  expect(documents.requests).toEqual([]);
});

it('keeps runs of any ids apart, for as long as they stand', async () => {
  const { clock, store, documents } = claimPlace();
  const ids = ['r', 'R', 'r/1', '..', '.', ' ', 'a\u0000', 'a\ud83d', 'a\udc00', 'x'.repeat(2_000)];
  for (const runId of ids) {
    const run = aRun(runId, { input: large(`input ${runId.slice(0, 10)}`) });
    expect((await store.createRun(run, aLease('me'))).state).toBe('created');
  }
  expect([...documents.texts.keys()].every((key) => key.length <= 400)).toBe(true);
  await clock.advance('30d');
  for (const runId of ids) {
    expect(await store.deleteRun(runId)).toBe(true);
    expect(documents.values).toHaveLength(ids.length - ids.indexOf(runId) - 1);
  }
});
