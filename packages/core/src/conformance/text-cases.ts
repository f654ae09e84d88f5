/** Texts come back as they were given, wherever they stand. */
import { describe, expect, it } from 'vitest';
import type { RunStoreCapability, RunStoreHarness } from './run-store-harness.ts';
import { aLease, anOutcome, aReport, aRun, collect, record, type Setting } from './setting.ts';

interface Sample {
  readonly what: string;
  readonly text: string;
  readonly needs?: RunStoreCapability;
}

const samples: readonly Sample[] = [
  { what: 'quotes and backslashes', text: `it's "so" \\ \\' \`\${x}\` '); drop table runs; --` },
  { what: 'wildcards', text: '100%_*?[a-z]{1,2}^$.|' },
  { what: 'separators', text: 'a/b:c|d,e;f#g@h=i&j\u001fk' },
  { what: 'white space', text: ' \t\r\n two  spaces \n\n ' },
  { what: 'placeholders', text: '$1 ?1 :name @name %s {0} {{x}}' },
  { what: 'other scripts', text: 'Größe 価格 цена السعر \u{1F469}\u200D\u{1F680}' },
  { what: 'characters that look the same', text: 'e\u0301 é \u212B Å ﬁ fi' },
  { what: 'what looks like another type', text: '0012e3' },
  { what: 'the name of a property of every object', text: '__proto__' },
  { what: 'much', text: 'x€'.repeat(500) },
  { what: 'U+0000', text: 'a\u0000b', needs: 'nulCharacters' },
  { what: 'half of a surrogate pair', text: 'a\uD83Db', needs: 'unpairedSurrogates' },
];

export function textCases(setting: Setting, cannot: RunStoreHarness['cannot'] = {}): void {
  describe('a text', () => {
    for (const { what, text, needs } of samples) {
      it(`with ${what} comes back as it was given, wherever it stands`, async (context) => {
        const reason = needs && cannot[needs];
        if (reason !== undefined) context.skip(reason);
        await roundTrip(text);
      });
    }

    it('of a megabyte comes back as it was given', async () => {
      const { store, other } = setting;
      const text = 'Zeile €\n'.repeat(131_072);
      const run = aRun('r', { input: text, definition: text });
      const created = await store.createRun(run, aLease('me'));
      const writer = { runId: 'r', token: created.state === 'created' ? created.token : 0 };
      await record(store, writer, anOutcome('', 'A', { outputs: text, details: text }));
      await store.saveState(writer, 'p', text);
      await store.putSignal('r', { event: 'go', payload: text });

      expect((await other.readRun('r'))?.input === text).toBe(true);
      expect((await other.readFrame('r', ''))[0]?.outputs === text).toBe(true);
      expect((await other.readState('r', 'p')) === text).toBe(true);
      expect((await other.readSignals('r', 0))[0]?.payload === text).toBe(true);
    });
  });

  async function roundTrip(text: string): Promise<void> {
    const { store, other } = setting;
    const run = aRun(text, {
      workflow: text,
      version: text,
      definition: text,
      input: text,
      keyRoot: text,
    });
    const created = await store.createRun(run, aLease(text));
    if (created.state !== 'created') throw new Error('The place was not empty.');
    const writer = { runId: text, token: created.token };
    const lease = { holder: text, expiresAt: expect.any(Number) };
    expect(await other.readRun(text)).toEqual({ ...run, end: undefined, lease });
    expect(await other.acquireLease(text, aLease('me'))).toEqual({ state: 'held', lease });

    const error = { code: text, message: text };
    const outcome = anOutcome(text, text, { error, outputs: text, details: text });
    const place = { frame: text, key: text };
    expect(await other.claimAttempt(text, place, 1)).toBe(1);
    expect(await store.claimAttempt(text, place, 1)).toBe(2);
    expect(await other.putSignal(text, aReport(place, 1, 1))).toBe('stale');
    expect(await other.putSignal(text, aReport(place, 1, 2))).toBe('kept');
    expect(await record(store, writer, outcome, { signals: [1] })).toBe('recorded');
    expect(await other.readFrame(text, text, { keys: [text] })).toEqual([outcome]);

    expect(await store.saveState(writer, text, text)).toBe(true);
    expect(await other.readState(text, text)).toBe(text);

    const signal = { event: text, correlate: text, payload: text, id: text };
    expect(await other.putSignal(text, signal)).toBe('kept');
    expect(await other.putSignal(text, signal)).toBe('duplicate');
    expect(await store.readSignals(text, 0)).toEqual([{ ...signal, number: 2 }]);

    expect(await store.endRun(writer, { status: 'Failed', error, endTime: 5 })).toBe(true);
    const listed = await collect(other.listRuns({ workflow: text, status: 'Failed' }));
    expect(listed.map(({ runId, end }) => [runId, end?.error])).toEqual([[text, error]]);
    expect(await other.deleteRun(text)).toBe(true);
    expect(await store.readRun(text)).toBeUndefined();
  }
}
