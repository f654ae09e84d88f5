/**
 * The order of writes while documents are under way, and what becomes of it when one fails.
 */
import { describe, expect, it } from 'vitest';
import { aLease, anEnd, anOutcome, create, minute, record } from '../../src/conformance/setting.ts';
import { recordedStore } from '../durable/recorded-store.ts';
import { claimPlace, gate, large, turns } from './claim-place.ts';

describe('while a document is under way', () => {
  /** A run whose next document is not written before the gate is open. */
  async function stopped() {
    let calls: readonly { readonly method: string }[] = [];
    const place = claimPlace((inner) => {
      const recorded = recordedStore(inner);
      calls = recorded.calls;
      return recorded.store;
    });
    const writer = await create(place.store, 'r');
    const other = await create(place.store, 's');
    const { opened, open } = gate();
    place.documents.before = ({ operation }) => (operation === 'create' ? opened : undefined);
    const before = calls.length;
    const sent = () =>
      calls
        .slice(before)
        .map(({ method }) => method)
        .filter((method) => !method.startsWith('read'));
    return { ...place, writer, other, open, sent };
  }

  it('its reference is not written, and later writes of the run wait for their turn', async () => {
    const { store, writer, open, sent } = await stopped();
    const answers = [
      record(store, writer, anOutcome('', 'A', { outputs: large('A') })),
      record(store, writer, anOutcome('', 'A')),
      store.saveState(writer, 'p', 'small'),
      store.putSignal('r', { event: 'go', payload: '' }),
      store.claimAttempt('r', { frame: '', key: 'A' }, 1),
      store.endRun(writer, anEnd),
      store.releaseLease(writer),
      store.deleteRun('r'),
    ];
    await turns();
    expect(sent()).toEqual([]);
    open();

    expect(await Promise.all(answers)).toEqual([
      ...['recorded', 'duplicate', true, 'kept', undefined, true, undefined, true],
    ]);
    expect(sent()).toEqual([
      ...['recordOutcome', 'recordOutcome', 'saveState', 'putSignal', 'claimAttempt'],
      ...['endRun', 'releaseLease', 'deleteRun'],
    ]);
  });

  it('writes to other runs go on', async () => {
    const { store, writer, other, open } = await stopped();
    const saved = store.saveState(writer, 'p', large('state'));
    expect(await record(store, other, anOutcome('', 'A'))).toBe('recorded');
    open();
    expect(await saved).toBe(true);
  });

  it('the lease of the run is renewed, so that a slow document does not lose it', async () => {
    const { store, writer, open, clock } = await stopped();
    const saved = store.saveState(writer, 'p', large('state'));
    await clock.advance(minute - 1);
    expect(await store.renewLease(writer, minute)).toBe(true);
    await clock.advance(minute - 1);
    expect(await store.acquireLease('s', aLease('heir'))).toMatchObject({ state: 'granted' });
    open();
    expect(await saved).toBe(true);
  });

  it('what was called stays as it was, whatever the caller does with it', async () => {
    const { store, writer, open } = await stopped();
    const saved = store.saveState(writer, 'p', large('state'));
    const error = { code: 'E', message: 'as it was' };
    const entry = { outcome: { ...anOutcome('', 'A'), error }, signals: [1] };
    const recorded = store.recordOutcome(writer, entry);
    const signal = { event: 'as it was', payload: 'as it was' };
    const put = store.putSignal('r', signal);
    signal.event = 'changed';
    signal.payload = 'changed';
    error.message = 'changed';
    entry.outcome.status = 'Failed';
    entry.signals.push(2);
    open();

    await Promise.all([saved, recorded, put]);
    expect(await store.readFrame('r', '')).toMatchObject([
      { status: 'Succeeded', error: { message: 'as it was' } },
    ]);
    expect(await store.readSignals('r', 0)).toMatchObject([
      { event: 'as it was', payload: 'as it was' },
    ]);
  });

  it('several documents are written at once', async () => {
    const { store, writer, documents, open } = await stopped();
    const saved = ['a', 'b', 'c'].map((path) => store.saveState(writer, path, large(path)));
    await turns();
    expect(documents.mostAtOnce).toBe(3);
    open();
    expect(await Promise.all(saved)).toEqual([true, true, true]);
  });

  it('close waits for it, and for its reference', async () => {
    const { store, inner, writer, open, sent } = await stopped();
    const saved = store.saveState(writer, 'p', large('state'));
    const closed = store.close();
    await turns();
    expect(sent()).not.toContain('close');
    open();
    await closed;
    expect(sent()).toEqual(['saveState', 'close']);
    expect(await saved).toBe(true);
    expect(await inner.readState('r', 'p')).toBeDefined();
  });

  it('close waits for a deletion, too', async () => {
    const { store, sent } = await stopped();
    const deleted = store.deleteRun('r');
    await store.close();
    expect(sent()).toEqual(['deleteRun', 'close']);
    expect(await deleted).toBe(true);
  });

  it('of a run that is being created, those of its signals find its folder', async () => {
    const { store, inner, documents, open } = await stopped();
    const created = create(store, 'new', { input: large('input') });
    const sent = store.putSignal('new', { event: 'go', payload: large('payload') });
    await turns();
    open();
    await created;
    expect(await sent).toBe('kept');
    expect(documents.values).toEqual([large('input'), large('payload')]);
    expect(JSON.stringify(await inner.readSignals('new', 0))).not.toContain(large('payload'));
  });
});

describe('a document that cannot be written', () => {
  const fault = new Error('The network is down.');

  it('rejects its write alone; those before and after take effect', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    documents.before = ({ value }) =>
      value === large('fails') ? Promise.reject(fault) : Promise.resolve();
    const answers = await Promise.allSettled([
      store.saveState(writer, 'before', large('goes well')),
      record(store, writer, anOutcome('', 'A', { outputs: large('fails') })),
      record(store, writer, anOutcome('', 'A', { status: 'Failed' })),
      store.saveState(writer, 'after', 'small'),
    ]);
    expect(answers).toMatchObject([
      { value: true },
      { reason: fault },
      { value: 'recorded' },
      { value: true },
    ]);
  });

  it('does not let later writes pass the ones before it', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    const { opened, open } = gate();
    documents.before = ({ value }) => (value === large('fails') ? Promise.reject(fault) : opened);
    const states = [large('slow'), large('fails'), 'last'];
    const saved = Promise.allSettled(states.map((state) => store.saveState(writer, 'p', state)));
    await turns();
    open();
    expect(await saved).toMatchObject([{ value: true }, { reason: fault }, { value: true }]);
    expect(await store.readState('r', 'p')).toBe('last');
  });

  it('takes the other document of its write with it', async () => {
    const { store, documents } = claimPlace();
    const writer = await create(store, 'r');
    documents.before = ({ value }) =>
      value === large('fails') ? Promise.reject(fault) : Promise.resolve();
    const outcome = anOutcome('', 'A', { outputs: large('goes well'), details: large('fails') });
    await expect(record(store, writer, outcome)).rejects.toBe(fault);
    await store.close();
    expect(documents.values).toEqual([]);
  });

  it('leaves no run behind that was to be created', async () => {
    const { store, documents } = claimPlace();
    documents.before = () => Promise.reject(fault);
    await expect(create(store, 'r', { input: large('input') })).rejects.toBe(fault);
    expect(await store.readRun('r')).toBeUndefined();
    documents.before = () => undefined;
    await create(store, 'r', { input: large('input') });
  });
});
