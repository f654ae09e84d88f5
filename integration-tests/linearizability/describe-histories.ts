/**
 * The suites of histories: what clients of several processes see of one backend is what they could have
 * seen one after the other, also while replies are lost and connections break.
 *
 * Each has a line in the conformance matrix. The ports' own suites ask for single promises; these ask
 * whether anything at all contradicts them. Read next: record-run.ts, what happens; README.md.
 * @module
 */
import { randomInt } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type JudgedRun, judgeCounters, judgeDocuments } from './histories.ts';
import type { Subject } from './record-run.ts';

/** The seed of all runs of this file. */
const seed = Number(process.env.TEST_SEED ?? randomInt(2 ** 31));

/** A driver and what it can do. */
export interface HistoryHarness {
  /** Called in a `beforeAll`. */
  readonly open: () => Subject | Promise<Subject>;
  readonly capabilities?: {
    /** No promise of the driver: there is a network that can fail. Default true. */
    readonly lostReplies?: boolean;
    /** Of a counter: what is read is the value of one moment, also while others add. Default true. */
    readonly linearizableRead?: boolean;
  };
}

/** @param driver - the name of the exported factory. */
export function describeDocumentHistories(driver: string, harness: HistoryHarness): void {
  describeHistories(`DocumentHistories: ${driver}`, harness, judgeDocuments);
}

/** @param driver - the name of the exported factory, and what it stands on. */
export function describeCounterHistories(driver: string, harness: HistoryHarness): void {
  const readsAreMoments = harness.capabilities?.linearizableRead ?? true;
  describeHistories(`CounterHistories: ${driver}`, harness, (subject, runSeed) =>
    judgeCounters(subject, runSeed, { readsAreMoments }),
  );
}

function describeHistories(
  title: string,
  { open, capabilities: { lostReplies = true } = {} }: HistoryHarness,
  judge: (subject: Subject, seed: number) => Promise<JudgedRun>,
): void {
  describe(title, () => {
    let run: JudgedRun;
    beforeAll(async () => {
      run = await judge(await open(), seed);
    }, 120_000);

    it('is what clients could have seen one after the other', () => {
      const repeat = `Repeat with TEST_SEED=${seed}.`;
      expect(run.linearizable, `${run.explanation}\n${repeat}`).toBe(true);
    });

    it('comes from processes that worked at the same time, on the same keys', () => {
      const answered = run.operations.filter(({ outcome }) => outcome.status === 'ok');
      expect(answered.length).toBeGreaterThan(run.operations.length / 2);
      // Of neighbours in time, as there may be very many.
      const some = answered.slice(0, 1_000);
      const meetings = some.filter(({ client, invoked, returned, op }) =>
        some.some(
          (other) =>
            processOf(other.client) !== processOf(client) &&
            other.op.key === op.key &&
            other.invoked < returned &&
            invoked < other.returned,
        ),
      );
      expect(meetings.length).toBeGreaterThan(some.length / 4);
    });

    it('is also that of clients whose replies were lost', ({ skip }) => {
      skip(!lostReplies, 'capability not claimed: lostReplies');
      expect(run.lostReplies).toBeGreaterThan(0);
      const broken = run.operations.filter(({ outcome }) => outcome.status !== 'ok');
      expect(broken.length).toBeGreaterThan(0);
    });
  });
}

/** The process in a client's name, such as `2.1`. */
function processOf(client: string): string {
  return client.slice(0, client.indexOf('.'));
}
