/**
 * A run store as one would explain it: no indexes, no counters, only what has happened so far. The
 * random programs compare a driver with it.
 *
 * Where the port leaves the answer open, it gives every answer that is allowed; a call whose effect is
 * left open is not in the programs (`isOpen`).
 * @module
 */
import type { Delivery, Place, Recorded } from '../ports/run-store.ts';
import type {
  ClaimCommand,
  Command,
  Name,
  RecordCommand,
  SignalCommand,
} from './model-commands.ts';
import { minute } from './setting.ts';

/** A run since its creation. */
interface ModelRun {
  readonly born: number;
  lease: { readonly holder: string; readonly until: number } | undefined;
  ended: boolean;
  readonly outcomes: RecordCommand[];
  /** Those that were granted: each was a delivery. */
  readonly claims: ClaimCommand[];
  /** The deliveries that have reported. */
  readonly reports: Delivery[];
  readonly states: Map<string, string>;
  readonly signals: { readonly id: string | undefined; isTaken: boolean }[];
}

export class RunStoreModel {
  readonly runs: Map<Name, ModelRun> = new Map();
  /** How many leases of a run were granted, since ever. */
  readonly grants: Record<Name, number> = { one: 0, two: 0 };
  #now = 0;
  #births = 0;

  passTime(ms: number): void {
    this.#now += ms;
  }

  /** Whether the port does not say what becomes of it: a write after the lease was given back. */
  isOpen(command: Command, known: number): boolean {
    if (!('lease' in command)) return false;
    const run = this.runs.get(command.run);
    const isNewest = known - command.lease === this.grants[command.run];
    return run !== undefined && isNewest && run.lease === undefined;
  }

  /**
   * @param known - how many grants of the run the caller knows of: what is under way is not known.
   * @returns every answer that a store may give.
   */
  apply(command: Command, known: number): readonly unknown[] {
    const run = this.runs.get(command.run);
    if (command.call === 'create') return [this.#create(command.run, command.holder)];
    if (command.call === 'delete') return [this.runs.delete(command.run)];
    if (run === undefined) return [withoutRun[command.call]];
    const isNewest = 'lease' in command && known - command.lease === this.grants[command.run];
    switch (command.call) {
      case 'acquire':
        if (run.lease !== undefined && run.lease.until > this.#now) {
          return [{ state: 'held', holder: run.lease.holder }];
        }
        return [this.#acquired(command.run, run, command.holder)];
      case 'renew':
        if (isNewest) run.lease = { holder: run.lease?.holder ?? '', until: this.#now + minute };
        return [isNewest];
      case 'release':
        if (isNewest) run.lease = undefined;
        return [undefined];
      case 'claim':
        return [claim(run, command)];
      case 'save':
        if (isNewest) run.states.set(command.path, textOf(command.path, known));
        return [isNewest];
      case 'end':
        if (!isNewest) return [false];
        run.lease = undefined;
        // That a second end is refused or taken for a repetition makes no difference.
        if (run.ended) return [true, false];
        run.ended = true;
        return [true];
      case 'signal':
        return putSignal(run, command);
      case 'record':
        return [isNewest ? record(run, command) : 'fenced'];
    }
  }

  #create(name: Name, holder: string): unknown {
    if (this.runs.has(name)) return { state: 'exists' };
    const run: ModelRun = {
      born: ++this.#births,
      lease: undefined,
      ended: false,
      outcomes: [],
      claims: [],
      reports: [],
      states: new Map(),
      signals: [],
    };
    this.runs.set(name, run);
    return this.#grant(name, run, holder, 'created');
  }

  #acquired(name: Name, run: ModelRun, holder: string): unknown {
    const expired = run.lease?.holder;
    const granted = this.#grant(name, run, holder, 'granted');
    return { ...granted, ...(expired !== undefined && { expired }) };
  }

  #grant(name: Name, run: ModelRun, holder: string, state: string): object {
    this.grants[name]++;
    run.lease = { holder, until: this.#now + minute };
    return { state };
  }
}

function claim(run: ModelRun, command: ClaimCommand): number | undefined {
  const { place, attempt } = command;
  if (run.ended || hasEnded(run, place) || newestAttempt(run, place) > attempt) return undefined;
  if (run.reports.some((report) => isSame(report, place) && report.attempt === attempt)) {
    return undefined;
  }
  run.claims.push(command);
  return deliveries(run, place, attempt);
}

function putSignal(run: ModelRun, { id, delivery }: SignalCommand): readonly unknown[] {
  const isKnown = id !== undefined && run.signals.some((signal) => signal.id === id);
  if (run.ended) return isKnown ? ['ended', 'duplicate'] : ['ended'];
  if (isKnown) return ['duplicate'];
  if (delivery !== undefined) {
    if (!mayReport(run, delivery)) return ['stale'];
    run.reports.push(delivery);
  }
  run.signals.push({ id, isTaken: false });
  return ['kept'];
}

function mayReport(run: ModelRun, reported: Delivery): boolean {
  const { attempt, delivery } = reported;
  const isNewest =
    attempt === newestAttempt(run, reported) && delivery === deliveries(run, reported, attempt);
  const wasReported = run.reports.some(
    (report) => isSame(report, reported) && report.attempt === attempt,
  );
  return isNewest && !wasReported && !hasEnded(run, reported);
}

function record(run: ModelRun, command: RecordCommand): Recorded {
  if (hasEnded(run, command.place)) return 'duplicate';
  run.outcomes.push(command);
  for (const number of command.signals) {
    const signal = run.signals[number - 1];
    if (signal !== undefined) signal.isTaken = true;
  }
  if (command.forgetState !== undefined) run.states.delete(command.forgetState);
  return 'recorded';
}

/** What a call says where there is no such run. */
const withoutRun: Readonly<Record<Exclude<Command['call'], 'create' | 'delete'>, unknown>> = {
  acquire: { state: 'unknown' },
  renew: false,
  release: undefined,
  claim: undefined,
  save: false,
  end: false,
  signal: 'unknown',
  record: 'fenced',
};

/** What a `save` saves: something that tells who did. */
export function textOf(path: string, known: number): string {
  return `${path} by ${known}`;
}

function hasEnded({ outcomes }: ModelRun, place: Place): boolean {
  return outcomes.some((outcome) => isSame(outcome.place, place));
}

/** 0 where none was claimed. */
function newestAttempt({ claims }: ModelRun, place: Place): number {
  const attempts = claims.filter((one) => isSame(one.place, place)).map(({ attempt }) => attempt);
  return Math.max(0, ...attempts);
}

function deliveries({ claims }: ModelRun, place: Place, attempt: number): number {
  return claims.filter((one) => isSame(one.place, place) && one.attempt === attempt).length;
}

function isSame(a: Place, b: Place): boolean {
  return a.frame === b.frame && a.key === b.key;
}
