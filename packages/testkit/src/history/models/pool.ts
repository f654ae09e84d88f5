/**
 * The model of a pool: resources, each with at most one holder, that come and go.
 *
 * Invariant: of those that were released for good only the ones are remembered for which it can matter, as a claim
 * of theirs may take effect later. So a history of many operations has small states.
 * @module
 */
import { answeredIfAtAll, isRefusal, type Model, type StepOutcome } from '../model.ts';
import type { Operation } from '../operation.ts';
import { valueText } from '../value-text.ts';

/** What a client does to a pool; `pool` names which one, where there are several. */
export type PoolOp = { readonly pool?: string } & (
  | /**
   * Answers the resource, with its token if there are tokens; undefined when none is left; false when the owner was
   * released for good. With `once`, an owner that has one gets the same, with the same token; without, another one.
   */ { readonly kind: 'claim'; readonly owner: string; readonly once?: true }
  /**
   * Answers whether the owner held it until then; undefined says nothing. Without a resource: whatever the owner
   * has. With `once`, the owner never gets anything again.
   */
  | {
      readonly kind: 'release';
      readonly owner: string;
      readonly resource?: string;
      readonly once?: true;
    }
  /** The claim ran out, if it still was this owner's where one is given: record it with `mayHappen` where that can be. */
  | { readonly kind: 'expire'; readonly resource: string; readonly owner?: string }
  /** These can be claimed from now on; any answer. */
  | { readonly kind: 'add'; readonly resources: readonly string[] }
  /** These cannot, but whoever has one keeps it; any answer. */
  | { readonly kind: 'withdraw'; readonly resources: readonly string[] }
);

/** A resource that was claimed, with a token that is greater than all before it of this resource. */
export interface ClaimedResource {
  readonly resource: string;
  readonly token: bigint;
}

/** What a client of a pool gets. */
export type PoolResult = string | ClaimedResource | boolean | undefined;

/** A resource: who has it, whether it can be claimed, and the highest token that anybody saw of it. */
export interface PoolSlot {
  readonly owner: string | undefined;
  readonly isOffered: boolean;
  readonly token: bigint;
  /** It is its owner's, and the owner has not been told its token: nobody knows it. */
  readonly isTokenUnknown: boolean;
}

/** A pool's state. */
export interface PoolState {
  /** All that ever are in it, in the order of their names in `names`. */
  readonly slots: readonly PoolSlot[];
  /** A bit for each owner of `retirable` that was released for good. */
  readonly retired: bigint;
  readonly names: readonly string[];
  /** Owners of whom a claim may take effect after a release for good, with the number of their bit. */
  readonly retirable: ReadonlyMap<string, number>;
}

type Claim = Extract<PoolOp, { readonly kind: 'claim' }>;
type Return = Extract<PoolOp, { readonly kind: 'release' | 'expire' }>;

/**
 * A pool of named resources: a claim gets a free one, any of them, and nothing only while none is free.
 *
 * @param resources - the names of those that it has at first; each once.
 * @example
 * await history.record('A', { kind: 'claim', owner: 'hire-1', once: true }, async () =>
 *   (await licences.tryClaim({ mode: 'assign', once: 'hire-1' }))?.resource);
 */
export function poolModel(resources: readonly string[]): Model<PoolState, PoolOp, PoolResult> {
  return {
    name: 'pool',
    initial: (operations) => initialState(resources, operations),
    step(state, op, outcome) {
      switch (op.kind) {
        case 'claim':
          return claimed(state, op, outcome);
        case 'release':
        case 'expire':
          return givenBack(state, op, outcome);
        case 'add':
          return [offered(state, op.resources, true)];
        case 'withdraw':
          return [offered(state, op.resources, false)];
      }
    },
    onlyLooks: (op, outcome) =>
      op.kind === 'claim'
        ? isRefusal(outcome, undefined) || isRefusal(outcome, false)
        : op.kind === 'release' && op.once === undefined && isRefusal(outcome, false),
    key: ({ slots, retired }) =>
      `${retired.toString(36)}${slots.map((slot) => ` ${slotKey(slot)}`).join('')}`,
    partition: (op) => op.pool,
    describe,
    describeState,
  };
}

function initialState(
  resources: readonly string[],
  operations: readonly Operation<PoolOp, PoolResult>[],
): PoolState {
  const later = operations.flatMap(({ op }) => (op.kind === 'add' ? op.resources : []));
  const names = [...new Set([...resources, ...later])];
  const slots = names.map((name) => ({
    owner: undefined,
    isOffered: resources.includes(name),
    token: 0n,
    isTokenUnknown: false,
  }));
  return { slots, retired: 0n, names, retirable: retirableIn(operations) };
}

function retirableIn(
  operations: readonly Operation<PoolOp, PoolResult>[],
): ReadonlyMap<string, number> {
  const released = new Map<string, number>();
  for (const { op, invoked } of operations) {
    if (op.kind !== 'release' || op.once === undefined) continue;
    released.set(op.owner, Math.min(invoked, released.get(op.owner) ?? Infinity));
  }
  const owners = operations.flatMap(({ op, returned }) =>
    op.kind === 'claim' && returned >= (released.get(op.owner) ?? Infinity) ? [op.owner] : [],
  );
  return new Map([...new Set(owners)].map((owner, bit) => [owner, bit]));
}

function claimed(
  state: PoolState,
  { owner, once }: Claim,
  outcome: StepOutcome<PoolResult>,
): readonly PoolState[] {
  const { slots, names } = state;
  if ((state.retired & bitOf(state, owner)) !== 0n) {
    return outcome.status === 'unknown' || outcome.value === false ? [state] : [];
  }
  const held = once ? slots.findIndex((slot) => slot.owner === owner) : -1;
  const free = [...slots.keys()].filter((place) => isFree(slots[place]));
  const places = held >= 0 ? [held] : free;
  if (outcome.status === 'unknown') {
    if (held >= 0) return [state];
    return places.map((place) => changed(state, place, { owner, isTokenUnknown: true }));
  }
  const { value } = outcome;
  if (value === undefined) return places.length === 0 ? [state] : [];
  if (typeof value === 'boolean') return [];
  const { resource, token } =
    typeof value === 'string' ? { resource: value, token: undefined } : value;
  const place = places.find((place) => names[place] === resource);
  const slot = place === undefined ? undefined : slots[place];
  if (place === undefined || slot === undefined) return [];
  if (token === undefined) {
    return [place === held ? state : changed(state, place, { owner, isTokenUnknown: true })];
  }
  const isKnown = place === held && !slot.isTokenUnknown && slot.token > 0n;
  if (isKnown ? token !== slot.token : token <= slot.token) return [];
  return [changed(state, place, { owner, token, isTokenUnknown: false })];
}

function givenBack(
  state: PoolState,
  op: Return,
  outcome: StepOutcome<PoolResult>,
): readonly PoolState[] {
  const { slots, names } = state;
  const place = slots.findIndex(
    (slot, at) =>
      slot.owner !== undefined &&
      slot.owner === (op.owner ?? slot.owner) &&
      names[at] === (op.resource ?? names[at]),
  );
  if (!answeredIfAtAll<PoolResult>(outcome, place >= 0)) return [];
  const freed =
    place < 0 ? state : changed(state, place, { owner: undefined, isTokenUnknown: false });
  if (op.kind === 'expire' || op.once === undefined) return [freed];
  return [{ ...freed, retired: freed.retired | bitOf(freed, op.owner) }];
}

function offered(state: PoolState, resources: readonly string[], isOffered: boolean): PoolState {
  return resources.reduce((changing, resource) => {
    const place = changing.names.indexOf(resource);
    return place < 0 ? changing : changed(changing, place, { isOffered });
  }, state);
}

function changed(state: PoolState, place: number, change: Partial<PoolSlot>): PoolState {
  const slot = { ...(state.slots[place] as PoolSlot), ...change };
  return { ...state, slots: state.slots.with(place, slot) };
}

function isFree(slot: PoolSlot | undefined): boolean {
  return slot?.isOffered === true && slot.owner === undefined;
}

function bitOf({ retirable }: PoolState, owner: string): bigint {
  const bit = retirable.get(owner);
  return bit === undefined ? 0n : 1n << BigInt(bit);
}

function slotKey({ owner, isOffered, token, isTokenUnknown }: PoolSlot): string {
  const ownerText = owner === undefined ? '' : valueText(owner);
  return `${ownerText}${isOffered ? '' : '-'}${token}${isTokenUnknown ? '?' : ''}`;
}

function describe(op: PoolOp): string {
  switch (op.kind) {
    case 'claim':
      return `claim for ${op.owner}`;
    case 'release':
      return `release ${op.resource ?? `what ${op.owner} has`}`;
    case 'expire':
      return `expire ${op.resource}`;
    default:
      return `${op.kind} ${op.resources.join(', ')}`;
  }
}

function describeState({ slots, names }: PoolState): string {
  const named = slots.map((slot, place) => ({ ...slot, name: names[place] }));
  const held = named.flatMap(({ name, owner }) =>
    owner === undefined ? [] : [`${name} held by ${owner}`],
  );
  const free = named.filter(isFree).map(({ name }) => name);
  return `has ${[...held, `free: ${free.join(', ') || 'none'}`].join(', ')}`;
}
