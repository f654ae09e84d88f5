/** What counts as right, and that whatever is wrong is found: work that was done well, with errors planted in it. */
import { memoryRunStore, type StoredRun, start } from '@runafter/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRun } from '../../../packages/core/test/model/oracle.ts';
import { planned, plannedSignals } from '../../../packages/core/test/model/planned-signals.ts';
import { type DueWork, workDue } from './expected-work.ts';
import { countWork, judgeWork } from './judge.ts';
import { judgeRuns } from './judge-runs.ts';
import { chaosPlan, drawRuns, workflowOf } from './planned-run.ts';
import type { CallEntry, DeliveryEntry, UndoneEntry, WorkEntry } from './work-log.ts';

const runs = drawRuns('well done', { runs: 10, plans: 5 });
const store = memoryRunStore();
const entries: WorkEntry[] = [];
const due = new Map<string, DueWork>();
const nothing = { duplicateEffects: [], otherWork: [], storeFaults: [] };

beforeAll(async () => {
  await Promise.all(
    runs.map(async ({ runId, plan }) => {
      const run = start(
        workflowOf(plan, (entry) => entries.push(entry)),
        undefined,
        { store, runId },
      );
      for (const { correlate, id } of plannedSignals(chaosPlan(plan))) {
        // It may have ended without waiting for them.
        await run.signal(planned, correlate, { correlate, id }).catch(() => undefined);
      }
      await run.finished;
      for (const [address, work] of workDue(expectRun(chaosPlan(plan)), runId)) {
        due.set(address, work);
      }
    }),
  );
});

/** The first entry of a kind. */
function first<Entry extends WorkEntry>(what: Entry['what']): Entry {
  return entries.find((entry) => entry.what === what) as Entry;
}

function without(wrong: (entry: WorkEntry) => boolean): WorkEntry[] {
  return entries.filter((entry) => !wrong(entry));
}

describe('work is right', () => {
  it('when it was done as the oracle says, with steps that were undone', () => {
    expect(judgeWork(due, entries)).toEqual(nothing);
    expect(countWork(entries)).toMatchObject({ repeatedCalls: 0 });
    expect(countWork(entries).undone).toBeGreaterThan(0);
  });

  it('when calls and compensations were repeated with the same keys', () => {
    const all = [...entries, ...entries];
    expect(judgeWork(due, all)).toEqual(nothing);
    expect(countWork(all).repeatedCalls).toBe(countWork(entries).calls);
    expect(countWork(all).effects).toBe(countWork(entries).effects);
  });

  it('when a call was delivered again before its first report', () => {
    const place = { address: first<CallEntry>('call').address, attempt: 1 };
    const claims = [1, 2].map((delivery): WorkEntry => ({ what: 'claimed', ...place, delivery }));
    const report: WorkEntry = { what: 'reported', ...place, delivery: 2 };
    expect(judgeWork(due, [...entries, ...claims, report])).toEqual(nothing);
  });
});

describe('effects that took place twice are found', () => {
  it('when a handler forgets its key', () => {
    const { duplicateEffects } = judgeWork(due, [
      ...entries,
      { ...first<CallEntry>('effect'), key: 'x' },
    ]);
    expect(duplicateEffects).toEqual([
      expect.stringMatching(/took place twice, with the keys .* and x\.$/),
    ]);
  });

  it('when two actions have one key', () => {
    const { address } = entries.findLast(({ what }) => what === 'effect') as CallEntry;
    const { duplicateEffects } = judgeWork(due, [
      ...entries,
      { ...first<CallEntry>('effect'), address },
    ]);
    expect(duplicateEffects.join()).toContain(
      `is the key of ${first('effect').address} and of ${address}.`,
    );
  });

  it('when a step is undone under two keys', () => {
    const { duplicateEffects } = judgeWork(due, [
      ...entries,
      { ...first<UndoneEntry>('undo-effect'), key: 'x' },
    ]);
    expect(duplicateEffects).toEqual([
      expect.stringMatching(/was undone twice, with the keys .* and x\.$/),
    ]);
  });
});

describe('work that is missing, or should not be there, is found', () => {
  it.each<[string, (entry: WorkEntry) => boolean, string]>([
    [
      'an effect',
      (one) => one.what === 'effect' && one.address === first('effect').address,
      'never had an effect.',
    ],
    [
      'an attempt',
      (one) => one.what === 'call' && one.address === first('call').address,
      'attempt 1 was never made.',
    ],
    [
      'a compensation',
      (one) => one.what === 'undo-effect' && one.address === first('undo-effect').address,
      'was never undone.',
    ],
  ])('%s that is missing', (_, isMissing, fault) => {
    expect(judgeWork(due, without(isMissing)).otherWork.join()).toContain(fault);
  });

  it.each<[string, () => WorkEntry, string]>([
    [
      'an action that was to be skipped',
      () => ({ ...first<CallEntry>('call'), address: 'run-0/Nobody' }),
      'run-0/Nobody: must not be called.',
    ],
    [
      'an attempt too many',
      () => ({ ...first<CallEntry>('call'), attempt: 9 }),
      'attempt 9 must not be made.',
    ],
    [
      'undoing what was to stay',
      () => ({ what: 'undo-call', address: stayer(), attempt: 1, key: 'x' }),
      'must not be undone.',
    ],
    [
      'undoing by a key of another step',
      () => ({ ...first<UndoneEntry>('undo-effect'), of: 'x' }),
      'was undone by a key that it never had.',
    ],
  ])('%s', (_, entry, fault) => {
    expect(judgeWork(due, [...entries, entry()]).otherWork.join()).toContain(fault);
  });

  it('undoing a step before those that ran after it', () => {
    const isOfStep = (one: WorkEntry) =>
      one.what === 'undo-call' && due.get(one.address)?.undoneAfter?.length;
    const early = entries.find(isOfStep) as WorkEntry;
    expect(judgeWork(due, [early, ...entries]).otherWork.join()).toContain(
      `${early.address}: was undone before`,
    );
  });

  function stayer(): string {
    return [...due].find(([, { undoneAfter }]) => undoneAfter === undefined)?.[0] as string;
  }
});

describe('what a store should not do is found', () => {
  const place = { address: 'run-0/Alder', attempt: 1 };
  const claimed = (delivery: number): DeliveryEntry => ({ what: 'claimed', ...place, delivery });
  const reported = (delivery: number): DeliveryEntry => ({ what: 'reported', ...place, delivery });

  it.each<[string, WorkEntry[], string]>([
    [
      'to grant an attempt after its report',
      [claimed(1), reported(1), claimed(2)],
      'was granted after it was reported.',
    ],
    [
      'to take two reports',
      [claimed(1), claimed(2), reported(1), reported(2)],
      'two reports were taken.',
    ],
    [
      'to record an outcome twice',
      [{ what: 'recorded', address: 'run-0/Alder' }],
      'was recorded twice.',
    ],
    ['to end a run twice', [{ what: 'ended', address: 'run-0' }], 'was ended twice.'],
  ])('%s', (_, odd, fault) => {
    const all = odd.length === 1 ? [...odd, ...odd] : odd;
    expect(judgeWork(due, [...entries, ...all]).storeFaults.join()).toContain(fault);
  });
});

describe('runs', () => {
  it('that have ended as they should are right', async () => {
    const right = { runs: 10, lost: [], stuck: [], wrongStatus: [], ...nothing };
    expect(await judgeRuns(store, runs, entries)).toMatchObject(right);
  });

  it('that are lost, stuck, or have ended otherwise are found', async () => {
    const [one, two] = runs.map(({ plan }) => plan) as [string, string];
    const known = (await store.readRun('run-0')) as StoredRun;
    await store.createRun({ ...known, runId: 'waits' }, { holder: 'somebody', ttl: 1 });
    const odd = [
      { runId: 'nobody', plan: one },
      { runId: 'waits', plan: one },
      { runId: 'run-0', plan: two },
    ];
    expect(await judgeRuns(store, odd, [])).toMatchObject({
      lost: ['nobody'],
      stuck: [`waits, ${one}: had by somebody; not taken: nothing`],
      wrongStatus: [expect.stringContaining('run-0')],
    });
  });
});
