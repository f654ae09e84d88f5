/**
 * A run store as one would explain it: no indexes, no counters, only what has happened so far. The
 * random programs compare a driver with it.
 *
 * Where the port leaves the answer open, it gives every answer that is allowed; a call whose effect is
 * left open is not in the programs (`isOpen`).
 * @module
 */
import type { Join, Place, Recorded } from '../ports/run-store.ts';
import type { Command, Name, RecordCommand } from './model-commands.ts';
import { minute } from './setting.ts';

/** A run since its creation. */
interface ModelRun {
  readonly born: number;
  lease: { readonly holder: string; readonly until: number } | undefined;
  ended: boolean;
  readonly outcomes: RecordCommand[];
  readonly claims: Place[];
  /** What has counted down joins that were not forgotten since. */
  counted: Join[];
  readonly states: Map<string, string>;
  readonly signals: { readonly id: string | undefined; taken: boolean }[];
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
        return [this.#grant(command.run, run, command.holder, 'granted')];
      case 'renew':
        if (isNewest) run.lease = { holder: run.lease?.holder ?? '', until: this.#now + minute };
        return [isNewest];
      case 'release':
        if (isNewest) run.lease = undefined;
        return [undefined];
      case 'claim':
        if (run.outcomes.some((outcome) => isSame(outcome.place, command.place)))
          return [undefined];
        return [run.claims.push(command.place) && claimsOf(run, command.place)];
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
        return this.#signal(run, command.id);
      case 'record':
        return isNewest ? this.#record(run, command) : [{ state: 'fenced', ready: [] }];
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
      counted: [],
      states: new Map(),
      signals: [],
    };
    this.runs.set(name, run);
    return this.#grant(name, run, holder, 'created');
  }

  #grant(name: Name, run: ModelRun, holder: string, state: string): unknown {
    this.grants[name]++;
    run.lease = { holder, until: this.#now + minute };
    return { state };
  }

  #signal({ ended, signals }: ModelRun, id: string | undefined): readonly unknown[] {
    const isKnown = id !== undefined && signals.some((signal) => signal.id === id);
    if (ended) return isKnown ? ['ended', 'duplicate'] : ['ended'];
    if (isKnown) return ['duplicate'];
    signals.push({ id, taken: false });
    return ['kept'];
  }

  #record(run: ModelRun, command: RecordCommand): readonly Recorded[] {
    const { place, attempt, joins, signal, forgetState, forgetJoins } = command;
    const isStale = attempt < claimsOf(run, place);
    const stale: Recorded = { state: 'stale', ready: [] };
    if (run.outcomes.some((outcome) => isSame(outcome.place, place))) {
      const duplicate: Recorded = { state: 'duplicate', ready: readyOf(run, joins) };
      return isStale ? [duplicate, stale] : [duplicate];
    }
    if (isStale) return [stale];
    run.outcomes.push(command);
    run.counted.push(...joins);
    const ready = readyOf(run, joins);
    const taken = signal && run.signals[signal - 1];
    if (taken) taken.taken = true;
    if (forgetState !== undefined) run.states.delete(forgetState);
    run.counted = run.counted.filter(({ frame }) => frame !== forgetJoins);
    return [{ state: 'recorded', ready }];
  }
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
  record: { state: 'fenced', ready: [] },
};

/** What a `save` saves: something that tells who did. */
export function textOf(path: string, known: number): string {
  return `${path} by ${known}`;
}

function readyOf({ counted }: ModelRun, joins: readonly Join[]): Recorded['ready'] {
  return joins.flatMap((join) => {
    const { frame, key, of } = join;
    const countedDown = of === 1 ? [join] : counted.filter((other) => isSame(other, join));
    if (countedDown.length < of) return [];
    return { frame, key, met: countedDown.every(({ met }) => met) };
  });
}

function claimsOf({ claims }: ModelRun, place: Place): number {
  return claims.filter((claim) => isSame(claim, place)).length;
}

function isSame(a: Place, b: Place): boolean {
  return a.frame === b.frame && a.key === b.key;
}
