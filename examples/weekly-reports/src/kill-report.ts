/**
 * The kill and what came of it: in words for people, and in numbers for programs.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import { lostNothing, type Score } from './comparison.ts';
import type { Paint } from './comparison-table.ts';
import type { LeftBehind, Survived } from './kill-half-way.ts';
import { describeStatuses } from './weekly-office.ts';

/** What `--kill --json` adds. */
export interface KillFacts {
  /** Reports that ended Complete or Failed. */
  readonly ended: number;
  /** Reports that did not. */
  readonly stuck: number;
  /** Effects beyond the first one under an idempotency key. */
  readonly duplicateEffects: number;
  /** Handlers that had an outcome when the process was killed, and were not called again. */
  readonly notRunAgain: number;
}

export function killFactsOf({ statuses, effects, kept, runAgain }: Survived): KillFacts {
  return {
    ended: statuses.Complete + statuses.Failed,
    stuck: statuses.Pending + statuses.Processing,
    duplicateEffects: effects.duplicates,
    notRunAgain: kept - runAgain,
  };
}

/** Nothing was lost, stuck, done twice, or run again although its outcome was known. */
export function isUnharmed(survived: Survived, expected: Score): boolean {
  const { stuck, duplicateEffects } = killFactsOf(survived);
  const { score, summary, statuses, runAgain } = survived;
  const nothingLost = lostNothing({ expected, summary }, score, statuses);
  return nothingLost && stuck === 0 && duplicateEffects === 0 && runAgain === 0;
}

/** What was left when the process was killed, and why the next one waits. */
export function leftBehindText({ pid, statuses, kept, lease }: LeftBehind): string {
  return [
    `SIGKILL: process ${pid} is gone, in the middle of its work.`,
    `  the list   ${describeStatuses(statuses)}`,
    `  the store  ${kept.handlers.size} outcomes; the run is still held by ${kept.lease?.holder}`,
    '',
    'Started again. Whoever is killed cannot give a run back, so the next process waits until the',
    `lease of the first is over: ${formatDuration(lease)} here, 15s unless said otherwise.`,
  ].join('\n');
}

/** What came of it. */
export function killText(survived: Survived, paint: Paint = (text) => text): string {
  const { ended, stuck, duplicateEffects, notRunAgain } = killFactsOf(survived);
  const { effects, runAgain, summary } = survived;
  const rows = [
    [
      'reports that ended',
      ended,
      stuck === 0,
      `${summary.Complete} Complete, ${summary.Failed} Failed`,
    ],
    ['still Pending or Processing', stuck, stuck === 0, ''],
    ['done twice', duplicateEffects, duplicateEffects === 0, againText(effects)],
    ['handlers not run again', notRunAgain, runAgain === 0, 'their outcomes were in the store'],
  ] as const;
  return rows
    .map(([what, count, isRight, note]) => {
      const number = paint(String(count).padStart(5), isRight ? 'right' : 'wrong');
      return `${what.padEnd(28)}${number}   ${note}`.trimEnd();
    })
    .join('\n');
}

function againText({ keys, harmless }: Survived['effects']): string {
  const again = harmless === 1 ? '1 call came again' : `${harmless} calls came again`;
  return `of ${keys} effects, by idempotency key; ${again}, and changed nothing`;
}
