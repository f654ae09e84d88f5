/**
 * Checks the events of a run: each start and each end is told once, in order, with the right status.
 * @module
 */
import type { RunEvent, Status } from '../../src/index.ts';
import { type Expected, everything } from './expected.ts';

/** What is wrong with the events of a finished run, one line each. */
export function eventComplaints(run: Expected, events: readonly RunEvent[]): string[] {
  return [...frameComplaints(events), ...actionComplaints(run, events)];
}

function* frameComplaints(events: readonly RunEvent[]): Generator<string> {
  if (events[0]?.type !== 'run.started') yield 'events: the first is not run.started';
  if (events.at(-1)?.type !== 'run.ended') yield 'events: the last is not run.ended';
  const ofRun = events.filter(({ type }) => type.startsWith('run.'));
  if (ofRun.length !== 2) yield `events: the run started and ended ${ofRun.length} times in all`;
}

function* actionComplaints(run: Expected, events: readonly RunEvent[]): Generator<string> {
  const log = new EventLog(events);
  const iterations = new Set([run, ...everything(run)].flatMap((record) => record.iterations));
  for (const record of everything(run)) {
    const kind = iterations.has(record) ? 'iteration' : 'action';
    if (record.status !== 'Skipped') yield* pairComplaints(log, kind, record);
    const attempts = log.at(`attempt.started ${record.path}`);
    if (attempts.length !== record.calls) yield `${record.path}: told ${attempts.length} attempts`;
    const ends = log.at(`attempt.ended ${record.path}`);
    if (ends.length !== record.calls) yield `${record.path}: told ${ends.length} ends of attempts`;
  }
}

function* pairComplaints(log: EventLog, kind: string, record: Expected): Generator<string> {
  const { path, status } = record;
  const [start, ...starts] = log.at(`${kind}.started ${path}`);
  const [end, ...ends] = log.at(`${kind}.ended ${path}`);
  if (start === undefined || starts.length > 0) yield `${path}: its start was not told once`;
  if (end === undefined || ends.length > 0) yield `${path}: its end was not told once`;
  if (start === undefined || end === undefined) return;
  if (start.position > end.position) yield `${path}: its end was told before its start`;
  if (end.status !== status) yield `${path}: its end was told as ${end.status}`;
}

interface Told {
  readonly position: number;
  readonly status: Status | undefined;
}

class EventLog {
  readonly #told = new Map<string, Told[]>();

  constructor(events: readonly RunEvent[]) {
    for (const [position, event] of events.entries()) {
      const key = `${event.type} ${'path' in event ? event.path : ''}`;
      const status = 'status' in event ? event.status : undefined;
      const told = this.#told.get(key) ?? [];
      told.push({ position, status });
      this.#told.set(key, told);
    }
  }

  at(key: string): readonly Told[] {
    return this.#told.get(key) ?? [];
  }
}
