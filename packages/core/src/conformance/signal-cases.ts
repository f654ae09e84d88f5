/** Signals from outside: kept in order, once, until an outcome takes them. */
import { describe, expect, it, vi } from 'vitest';
import type { NewSignal, StoredSignal } from '../ports/run-store.ts';
import { anEnd, anOutcome, aReport, atOnce, create, record, type Setting } from './setting.ts';

const go: NewSignal = { event: 'approval', payload: '{"by":"ann"}' };

export function signalCases(setting: Setting): void {
  describe('a signal', () => {
    it('is kept as it was sent, with a number of its own', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      const sent = [{ ...go, correlate: 'order-17', id: 'mail-1' }, go, { event: '', payload: '' }];
      for (const signal of sent) expect(await other.putSignal('r', signal)).toBe('kept');

      const signals = await store.readSignals('r', 0);
      expect(signals).toEqual(sent.map((signal) => ({ ...signal, number: expect.any(Number) })));
      expect(signals.map(({ number }) => number)).toEqual([1, 2, 3]);
      expect(await store.readSignals('r', 1)).toEqual(signals.slice(1));
      expect(await store.readSignals('r', 3)).toEqual([]);
    });

    it('is kept as it was when it was sent, whatever its sender does with it afterwards', async () => {
      const { store } = setting;
      await create(store, 'r');
      const signal = { ...go };
      const put = store.putSignal('r', signal);
      signal.payload = 'changed';
      await put;
      expect(await store.readSignals('r', 0)).toEqual([{ ...go, number: 1 }]);
    });

    it('belongs to its run', async () => {
      const { store } = setting;
      await create(store, 'r');
      await create(store, 's');
      expect(await store.putSignal('r', { ...go, id: 'x' })).toBe('kept');
      expect(await store.putSignal('s', { ...go, id: 'x' })).toBe('kept');
      expect(await store.readSignals('s', 0)).toMatchObject([{ number: 1 }]);
    });

    it('of each sender comes after the one that it sent before, and none is lost', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await Promise.all(
        [store, other].map(async (connection, sender) => {
          for (let n = 0; n < 40; n++) {
            await connection.putSignal('r', { event: `${sender}`, payload: `${n}` });
          }
        }),
      );
      const signals = await store.readSignals('r', 0);
      expect(signals.map(({ number }) => number)).toEqual(
        Array.from({ length: 80 }, (_, n) => n + 1),
      );
      for (const sender of ['0', '1']) {
        const payloads = signals.filter(({ event }) => event === sender).map((s) => s.payload);
        expect(payloads).toEqual(Array.from({ length: 40 }, (_, n) => `${n}`));
      }
    });

    it('with the id of an earlier one changes nothing', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      expect(await store.putSignal('r', { ...go, id: 'x' })).toBe('kept');
      expect(await other.putSignal('r', { event: 'Other', payload: '2', id: 'x' })).toBe(
        'duplicate',
      );
      expect(await store.readSignals('r', 0)).toEqual([{ ...go, id: 'x', number: 1 }]);
    });

    it('that is sent 50 times at once with one id is kept once', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      const answers = await atOnce(50, (n) =>
        (n % 2 ? store : other).putSignal('r', { ...go, id: 'x' }),
      );
      expect(answers.filter((answer) => answer === 'kept')).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'duplicate')).toHaveLength(49);
      expect(await store.readSignals('r', 0)).toHaveLength(1);
    });

    it('is taken together with the outcome that says so, and nobody is given it again', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      for (const payload of ['1', '2', '3']) await store.putSignal('r', { event: 'go', payload });
      await record(store, writer, anOutcome('', 'Wait'), { signals: [2] });
      expect((await other.readSignals('r', 0)).map(({ payload }) => payload)).toEqual(['1', '3']);
    });

    it('stays when the outcome that would have taken it is a duplicate', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      await store.putSignal('r', go);
      await record(store, writer, anOutcome('', 'Wait'));
      expect(await record(store, writer, anOutcome('', 'Wait'), { signals: [1] })).toBe(
        'duplicate',
      );
      expect(await store.readSignals('r', 0)).toHaveLength(1);
    });

    it('is a duplicate of one that was taken long ago', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await store.putSignal('r', { ...go, id: 'x' });
      await record(store, writer, anOutcome('', 'Wait'), { signals: [1] });
      expect(await other.putSignal('r', { ...go, id: 'x' })).toBe('duplicate');
      expect(await store.readSignals('r', 0)).toEqual([]);
    });

    it('gets a number that no earlier one had, also when all were taken', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      await store.putSignal('r', go);
      await record(store, writer, anOutcome('', 'Wait'), { signals: [1] });
      await store.putSignal('r', go);
      const signals = await store.readSignals('r', 1);
      expect(signals, 'whoever has read up to 1 sees it').toHaveLength(1);
    });

    it('takes the next number, and one that is not kept takes none', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const action = { frame: '', key: 'A' };
      await store.claimAttempt('r', action, 1);
      await store.putSignal('r', { ...go, id: 'x' });
      await Promise.all([
        other.putSignal('r', { ...go, id: 'x' }),
        other.putSignal('r', aReport(action, 1, 2)),
        other.putSignal('r', aReport(action, 1, 1)),
        other.putSignal('r', aReport(action, 1, 1)),
      ]);
      await record(store, writer, anOutcome('', 'A'), { signals: [2] });
      await other.putSignal('r', aReport(action, 1, 1));
      await store.putSignal('r', go);
      expect((await other.readSignals('r', 0)).map(({ number }) => number)).toEqual([1, 3]);
    });

    it('has a number without a gap before it, also when 50 come at once and most are not kept', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await store.claimAttempt('r', { frame: '', key: 'A' }, 1);
      const answers = await atOnce(50, (n) => {
        const delivery = { frame: '', key: 'A', attempt: 1, delivery: 1 };
        const signal = { ...go, ...(n % 3 === 0 ? { delivery } : { id: `${n % 20}` }) };
        return (n % 2 ? store : other).putSignal('r', signal);
      });
      const kept = answers.filter((answer) => answer === 'kept').length;
      const numbers = (await other.readSignals('r', 0)).map(({ number }) => number);
      expect(numbers, 'whoever has seen up to n knows the next one by its number').toEqual(
        Array.from({ length: kept }, (_, n) => n + 1),
      );
    });

    it('is taken together with others by one outcome, in whatever order they are named', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      for (let n = 1; n <= 5; n++) await store.putSignal('r', go);
      await record(store, writer, anOutcome('', 'Wait'), { signals: [4, 1, 2] });
      expect((await other.readSignals('r', 0)).map(({ number }) => number)).toEqual([3, 5]);
      await record(store, writer, anOutcome('', 'Next'), { signals: [] });
      expect(await other.readSignals('r', 0), 'an empty list takes none').toHaveLength(2);
    });

    it('may be named again by an outcome, or before it is there: that takes nothing', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await store.putSignal('r', go);
      await record(store, writer, anOutcome('', 'A'), { signals: [1] });
      expect(await record(store, writer, anOutcome('', 'B'), { signals: [1, 2] })).toBe('recorded');
      await store.putSignal('r', go);
      expect(await other.readSignals('r', 0)).toMatchObject([{ number: 2 }]);
    });

    it('is taken as it was named, whatever is done with the list afterwards', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await store.putSignal('r', go);
      await store.putSignal('r', go);
      const signals = [1];
      const recorded = record(store, writer, anOutcome('', 'A'), { signals });
      signals.splice(0, 1, 2);
      await recorded;
      expect(await other.readSignals('r', 0)).toMatchObject([{ number: 2 }]);
    });

    it('is never seen beside the outcome that took it', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      for (let n = 1; n <= 20; n++) {
        await store.putSignal('r', go);
        const recorded = record(store, writer, anOutcome('', n), { signals: [n] });
        const [outcome] = await other.readFrame('r', '', { keys: [n] });
        const left = await other.readSignals('r', n - 1);
        expect(outcome === undefined || left.length === 0, 'both or neither').toBe(true);
        await recorded;
      }
    });

    it('for a run that has ended, or that is unknown, is refused', async () => {
      const { store, other } = setting;
      await store.endRun(await create(store, 'r'), anEnd);
      expect(await other.putSignal('r', go)).toBe('ended');
      expect(await other.putSignal('s', go)).toBe('unknown');
      expect(await store.readSignals('r', 0)).toEqual([]);
    });
  });

  describe('a subscription to signals', () => {
    it('is woken by a signal of its own connection and of another one', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      const heard = { store: 0, other: 0 };
      store.onSignal('r', () => heard.store++);
      other.onSignal('r', () => heard.other++);

      await store.putSignal('r', go);
      await eventually(() => heard.store > 0 && heard.other > 0);
      const before = { ...heard };
      await other.putSignal('r', go);
      await eventually(() => heard.store > before.store && heard.other > before.other);
    });

    it('finds the signal when it is woken', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      const seen: number[] = [];
      store.onSignal('r', async () => {
        seen.push((await store.readSignals('r', 0)).length);
      });
      await other.putSignal('r', go);
      await eventually(() => seen.includes(1));
    });

    it('is given each signal as it is to be read, or is left to read it', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      const given: (StoredSignal | undefined)[] = [];
      for (const connection of [store, other]) {
        connection.onSignal('r', (signal) => given.push(signal));
      }
      const action = { frame: '', key: 'A' };
      await store.claimAttempt('r', action, 1);
      await store.putSignal('r', { ...go, correlate: 'order-17', id: 'mail-1' });
      await other.putSignal('r', aReport(action, 1, 1, { payload: 'x'.repeat(100_000) }));
      await store.putSignal('r', { event: '', payload: '' });
      await eventually(() => given.length > 0);

      const kept = await other.readSignals('r', 0);
      expect(kept).toHaveLength(3);
      for (const signal of given) {
        if (signal === undefined) continue;
        expect(signal, 'as readSignals gives it').toEqual(kept[signal.number - 1]);
        expect(Object.keys(signal), 'and no more').not.toContain('delivery');
      }
    });

    it('is not given what was not kept', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      const given: StoredSignal[] = [];
      for (const connection of [store, other]) {
        connection.onSignal('r', (signal) => signal && given.push(signal));
      }
      let heard = 0;
      store.onSignal('r', () => heard++);
      await store.putSignal('r', { ...go, id: 'x' });
      await other.putSignal('r', { event: 'never', payload: '', id: 'x' });
      await other.putSignal('r', aReport({ frame: '', key: 'A' }, 1, 1, { event: 'never' }));
      await store.putSignal('r', { event: 'last', payload: '' });
      await eventually(() => heard > 0);
      expect(given.map(({ event }) => event)).not.toContain('never');
    });

    it('may begin before the run does', async () => {
      const { store, other } = setting;
      let heard = 0;
      store.onSignal('r', () => heard++);
      await create(other, 'r');
      await other.putSignal('r', go);
      await eventually(() => heard > 0);
    });

    it('is not woken while it is being made, though a signal is there', async () => {
      const { store } = setting;
      await create(store, 'r');
      await store.putSignal('r', go);
      let made = false;
      let early = false;
      store.onSignal('r', () => {
        early ||= !made;
      });
      made = true;
      await store.readRun('r');
      expect(early).toBe(false);
    });

    it('is not woken after its end, and others of the same run still are', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      let after = 0;
      let heard = 0;
      const listener = () => heard++;
      const end = store.onSignal('r', () => after++);
      const endTwin = store.onSignal('r', listener);
      store.onSignal('r', listener);
      end();
      endTwin();
      after = 0;
      await other.putSignal('r', go);
      await eventually(() => heard > 0);
      expect(after).toBe(0);
    });

    it('may be ended and made anew by the listener that it wakes', async () => {
      const { store } = setting;
      await create(store, 'r');
      let heard = 0;
      const subscribe = () => {
        const end = store.onSignal('r', () => {
          end();
          heard++;
          if (heard < 100) subscribe();
        });
      };
      subscribe();
      await store.putSignal('r', go);
      await eventually(() => heard > 0);
      expect(heard, 'a listener that was made anew is not woken by the same signal').toBeLessThan(
        100,
      );
    });

    it('that another listener ends is not woken any more', async () => {
      const { store } = setting;
      await create(store, 'r');
      const heard: string[] = [];
      const ends = ['first', 'second'].map((name) =>
        store.onSignal('r', () => {
          heard.push(name);
          for (const end of ends) end();
        }),
      );
      await store.putSignal('r', go);
      await eventually(() => heard.length > 0);
      expect(heard, 'whoever is woken ends both').toHaveLength(1);
    });
  });

  /** A wake-up may need a real message, or the store's own look at the place after some time. */
  async function eventually(happened: () => boolean): Promise<void> {
    await vi.waitFor(
      async () => {
        if (happened()) return;
        await setting.place.passTime(250);
        expect(happened(), 'onSignal calls the listener, from whichever process').toBe(true);
      },
      { timeout: 10_000, interval: 10 },
    );
  }
}
