/**
 * What the workers did, against what the oracle says they do.
 *
 * Invariant: a handler may be called again, with the same key, and a service that knows the key changes nothing
 * then. So an effect takes place once for each key; it took place twice when one action had it under two keys.
 * Read next: expected-work.ts, what is due; work-log.ts, what was noted.
 * @module
 */
import type { DueWork } from './expected-work.ts';
import type { CallEntry, DeliveryEntry, UndoneEntry, WorkEntry } from './work-log.ts';

/** What is wrong with the work, each a sentence. */
export interface WorkFaults {
  /** Effects, and undone effects, that took place more than once. */
  readonly duplicateEffects: readonly string[];
  /** What is due and was not done, and what was done and is not due. */
  readonly otherWork: readonly string[];
  /** What the store should not have granted, taken, recorded or ended. */
  readonly storeFaults: readonly string[];
}

/** How much was done. */
export interface WorkCounts {
  readonly calls: number;
  readonly effects: number;
  readonly undone: number;
  /** Calls of an attempt of an action, or of a compensation, beyond the first. */
  readonly repeatedCalls: number;
}

/**
 * @param due - of all runs that have ended.
 * @param entries - of these runs.
 */
export function judgeWork(
  due: ReadonlyMap<string, DueWork>,
  entries: readonly WorkEntry[],
): WorkFaults {
  const effects = entries.filter((entry) => entry.what === 'effect') as CallEntry[];
  const undone = entries.filter((entry) => entry.what === 'undo-effect') as UndoneEntry[];
  return {
    duplicateEffects: [...twice(effects, 'took place'), ...twice(undone, 'was undone')],
    otherWork: [
      ...missingWork(due, entries),
      ...strangeWork(due, entries),
      ...orderFaults(due, entries),
      ...foreignUndoing(effects, undone),
    ],
    storeFaults: [
      ...deliveryFaults(entries),
      ...recordedTwice(entries, 'recorded'),
      ...recordedTwice(entries, 'ended'),
    ],
  };
}

export function countWork(entries: readonly WorkEntry[]): WorkCounts {
  const keysOf = (what: WorkEntry['what']) =>
    new Set(entries.flatMap((entry) => (entry.what === what && 'key' in entry ? entry.key : [])));
  const calls = entries.filter(({ what }) => what === 'call' || what === 'undo-call');
  const first = new Set(calls.map((entry) => callName(entry as CallEntry)));
  return {
    calls: calls.length,
    effects: keysOf('effect').size,
    undone: keysOf('undo-effect').size,
    repeatedCalls: calls.length - first.size,
  };
}

function callName({ what, address, attempt }: Omit<CallEntry, 'what'> & { what: string }): string {
  return `${what} ${address} ${attempt}`;
}

/** One key for one address, and one address for one key. */
function* twice(
  entries: readonly { readonly address: string; readonly key: string }[],
  happened: string,
): Generator<string> {
  const keys = new Map<string, string>();
  const addresses = new Map<string, string>();
  for (const { address, key } of entries) {
    const known = keys.get(address) ?? key;
    keys.set(address, known);
    if (known !== key) yield `${address}: ${happened} twice, with the keys ${known} and ${key}.`;
    const other = addresses.get(key) ?? address;
    addresses.set(key, other);
    if (other !== address) yield `${key} is the key of ${other} and of ${address}.`;
  }
}

function* missingWork(
  due: ReadonlyMap<string, DueWork>,
  entries: readonly WorkEntry[],
): Generator<string> {
  const effects = addressesOf(entries, 'effect');
  const undone = addressesOf(entries, 'undo-effect');
  const calls = new Set(entries.flatMap((entry) => (isCall(entry) ? callName(entry) : [])));
  for (const [address, work] of due) {
    if (!effects.has(address)) yield `${address}: never had an effect.`;
    for (let attempt = 1; attempt <= work.calls; attempt++) {
      const isMissing = !calls.has(callName({ what: 'call', address, attempt, key: '' }));
      if (isMissing) yield `${address}: attempt ${attempt} was never made.`;
    }
    if (work.undoneAfter && !undone.has(address)) yield `${address}: was never undone.`;
  }
}

function* strangeWork(
  due: ReadonlyMap<string, DueWork>,
  entries: readonly WorkEntry[],
): Generator<string> {
  for (const address of addressesOf(entries, 'call')) {
    if (!due.has(address)) yield `${address}: must not be called.`;
  }
  for (const entry of entries) {
    const work = due.get(entry.address);
    if (isCall(entry) && work !== undefined && entry.attempt > work.calls) {
      yield `${entry.address}: attempt ${entry.attempt} must not be made.`;
    }
  }
  for (const address of addressesOf(entries, 'undo-call')) {
    if (due.get(address)?.undoneAfter === undefined) yield `${address}: must not be undone.`;
  }
}

/** A step is undone when those that ran after it have been. */
function* orderFaults(
  due: ReadonlyMap<string, DueWork>,
  entries: readonly WorkEntry[],
): Generator<string> {
  const undone = new Set<string>();
  for (const { what, address } of entries) {
    if (what === 'undo-effect') undone.add(address);
    if (what !== 'undo-call') continue;
    const early = due.get(address)?.undoneAfter?.find((after) => !undone.has(after));
    if (early !== undefined) yield `${address}: was undone before ${early}.`;
  }
}

function* foreignUndoing(
  effects: readonly CallEntry[],
  undone: readonly UndoneEntry[],
): Generator<string> {
  const keys = new Set(effects.map(({ address, key }) => `${address} ${key}`));
  for (const { address, of } of undone) {
    if (!keys.has(`${address} ${of}`)) yield `${address}: was undone by a key that it never had.`;
  }
}

/** What was reported is granted to nobody any more, and is reported once. */
function* deliveryFaults(entries: readonly WorkEntry[]): Generator<string> {
  const reports = new Map<string, DeliveryEntry>();
  const deliveries = entries.filter(
    ({ what }) => what === 'claimed' || what === 'reported',
  ) as DeliveryEntry[];
  for (const entry of deliveries) {
    if (entry.what !== 'reported') continue;
    const attempt = `${entry.address} attempt ${entry.attempt}`;
    if (reports.has(attempt)) yield `${attempt}: two reports were taken.`;
    reports.set(attempt, entry);
  }
  for (const { what, address, attempt, delivery } of deliveries) {
    const report = reports.get(`${address} attempt ${attempt}`);
    if (what === 'claimed' && report !== undefined && delivery > report.delivery) {
      yield `${address} attempt ${attempt}: was granted after it was reported.`;
    }
  }
}

function* recordedTwice(
  entries: readonly WorkEntry[],
  wanted: 'recorded' | 'ended',
): Generator<string> {
  const seen = new Set<string>();
  for (const { what, address } of entries) {
    if (what !== wanted) continue;
    if (seen.has(address)) yield `${address}: was ${wanted} twice.`;
    seen.add(address);
  }
}

function isCall(entry: WorkEntry): entry is CallEntry {
  return entry.what === 'call';
}

function addressesOf(
  entries: readonly WorkEntry[],
  wanted: WorkEntry['what'],
): ReadonlySet<string> {
  return new Set(entries.filter(({ what }) => what === wanted).map(({ address }) => address));
}
