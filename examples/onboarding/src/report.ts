/**
 * What came of the batch: in words for people, and in numbers for programs.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import type { Killed, Monday } from './monday.ts';
import { minutesPerHire } from './monday-office.ts';
import { isProven, kinds, type Proof, type TracedHire } from './proof.ts';
import type { NotOnboarded, Summary } from './summary.ts';

/** Makes what is as it should be, or is not, stand out. */
export type Paint = (text: string, verdict: 'right' | 'wrong') => string;

/** What `--json` prints. */
export interface Facts {
  readonly hires: number;
  readonly complete: number;
  readonly reasons: Summary['reasons'];
  /** Counted in the systems. */
  readonly proof: {
    readonly complete: number;
    readonly untouched: number;
    readonly halfDone: number;
    readonly strays: number;
    readonly licencesHeld: number;
  };
  readonly database: string;
  readonly seconds: number;
}

export function factsOf({ summary, proof, database, seconds }: Monday): Facts {
  const { total: hires, complete, reasons } = summary;
  const { licencesHeld } = proof;
  return {
    ...{ hires, complete, reasons, database, seconds: Math.round(seconds * 100) / 100 },
    proof: {
      complete: proof.complete.length,
      untouched: proof.untouched.length,
      halfDone: proof.halfDone.length,
      strays: proof.strays.length,
      licencesHeld,
    },
  };
}

/** The systems are as they should be, and say of everybody what the summary says. */
export function isRight({ summary, proof }: Pick<Monday, 'summary' | 'proof'>): boolean {
  const undone = new Set(summary.notOnboarded.map(({ employee }) => employee));
  return (
    isProven(proof) &&
    summary.complete === proof.complete.length &&
    proof.untouched.length === undone.size &&
    proof.untouched.every(({ employee }) => undone.has(employee))
  );
}

/** What the kill has left, and why the others wait. */
export function killedText({ pid, done, lease, others }: Killed): string {
  if (others > 0) {
    return [
      `SIGKILL: process ${pid} is gone, which scheduled the run; ${done} hires were done with.`,
      'Whoever is killed cannot give anything back, so the others wait until its lease is over:',
      `${formatDuration(lease)} here, 15s unless said otherwise. Then one of them schedules the run.`,
    ].join('\n');
  }
  return [
    `SIGKILL: process ${pid} is gone, in the middle of its work; ${done} hires were done with.`,
    'Whoever is killed cannot give a run back, so the next process waits until the lease of the first',
    `is over: ${formatDuration(lease)} here, 15s unless said otherwise.`,
  ].join('\n');
}

/** The whole report. */
export function reportText(monday: Monday, speed: number, paint: Paint = plain): string {
  const { summary, proof, database } = monday;
  return [
    ...(summary.notOnboarded.length > 0 ? ['Not onboarded', ...rows(summary), ''] : []),
    `Summary, from the run's results, by reason`,
    ...countsOf(summary),
    '',
    `Proof, from the systems themselves (directory, sites, mailbox, ${database})`,
    ...proofLines(proof, paint),
    ...(isProven(proof) && !isRight(monday)
      ? [paint('  The summary says something else than the systems.', 'wrong')]
      : []),
    '',
    ...timeLines(monday, speed),
  ].join('\n');
}

function plain(text: string): string {
  return text;
}

function rows({ notOnboarded }: Summary): string[] {
  const width = (text: (row: NotOnboarded) => string): number =>
    Math.max(...notOnboarded.map((row) => text(row).length));
  const names = width(({ name }) => name);
  const departments = width(({ department }) => department);
  return notOnboarded.map(
    ({ employee, name, department, comment }) =>
      `  ${employee}  ${name.padEnd(names)}  ${department.padEnd(departments)}  ${comment}`,
  );
}

function countsOf({ complete, reasons }: Summary): string[] {
  const all = [{ code: 'complete', count: complete }, ...reasons];
  return all.map(({ code, count }) => `  ${code.padEnd(24)}${String(count).padStart(5)}`);
}

function proofLines(proof: Proof, paint: Paint): string[] {
  const { complete, untouched, halfDone, strays, licencesHeld, licencesDue } = proof;
  const line = (what: string, count: number, due: number, note = ''): string => {
    const number = paint(String(count).padStart(5), count === due ? 'right' : 'wrong');
    return `  ${what.padEnd(24)}${number}   ${note}`.trimEnd();
  };
  return [
    line('one of everything', complete.length, complete.length, kinds.join(', ')),
    line('nothing anywhere', untouched.length, untouched.length),
    line('half done, or twice', halfDone.length, 0),
    ...halfDone.map((hire) => `    ${hire.employee}: ${traceText(hire)}`),
    line('of nobody in the file', strays.length, 0),
    ...strays.map((stray) => `    ${stray}`),
    line('licences held', licencesHeld, licencesDue, `of ${licencesDue}`),
  ];
}

function traceText({ trace }: TracedHire): string {
  return kinds.map((kind) => `${trace[kind]} ${kind}`).join(', ');
}

function timeLines({ summary, seconds }: Monday, speed: number): string[] {
  const { total } = summary;
  const scaled = seconds * speed * 1000;
  return [
    'Time',
    `  one after the other   ${hours(total * minutesPerHire * 60_000)}   computed: ${total} hires, ${minutesPerHire} minutes each`,
    `  side by side          ${hours(scaled)}   ${seconds.toFixed(1)} s here, times ${speed}: so much faster are the stand-ins`,
  ];
}

/** `15 h 00 min`; a part of a minute counts as one. */
function hours(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return `${String(Math.floor(minutes / 60)).padStart(2)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
