/**
 * The model of a pool: resources, each with at most one holder.
 * @module
 */
import { answeredIfAtAll, isRefusal, type Model } from '../model.ts';

/** What a client does to a pool; `pool` names which one, where there are several. */
export type PoolOp = { readonly pool?: string } & (
  | /** Answers the resource, or undefined when none is left. */ {
      readonly kind: 'claim';
      readonly owner: string;
    }
  /** Answers whether the owner held it until then; undefined says nothing. */
  | { readonly kind: 'release'; readonly owner: string; readonly resource: string }
  /** The claim ran out: record it with `mayHappen` where that can be. */
  | { readonly kind: 'expire'; readonly resource: string }
);

/** What a client of a pool gets. */
export type PoolResult = string | boolean | undefined;

/** A pool's state: the owner of each resource, in the order of the resources. */
export type PoolState = readonly (string | undefined)[];

/**
 * A pool of named resources: a claim gets a free one, any of them, and nothing only while none is free.
 *
 * @param resources - their names; each once.
 */
export function poolModel(resources: readonly string[]): Model<PoolState, PoolOp, PoolResult> {
  return {
    name: 'pool',
    initial: () => resources.map(() => undefined),
    step(owners, op, outcome) {
      if (op.kind === 'claim') {
        const free = [...owners.keys()].filter((place) => owners[place] === undefined);
        if (outcome.status === 'unknown') return free.map((place) => owners.with(place, op.owner));
        if (outcome.value === undefined) return free.length === 0 ? [owners] : [];
        const place = free.find((place) => resources[place] === outcome.value);
        return place === undefined ? [] : [owners.with(place, op.owner)];
      }
      const place = resources.indexOf(op.resource);
      const owner = owners[place];
      const isFreed = owner !== undefined && (op.kind === 'expire' || owner === op.owner);
      if (!answeredIfAtAll<PoolResult>(outcome, isFreed)) return [];
      return [isFreed ? owners.with(place, undefined) : owners];
    },
    onlyLooks: (op, outcome) => isRefusal(outcome, op.kind === 'claim' ? undefined : false),
    partition: (op) => op.pool,
    describe(op) {
      if (op.kind === 'claim') return `claim for ${op.owner}`;
      return op.kind === 'release' ? `release ${op.resource}` : `expire ${op.resource}`;
    },
    describeState(owners) {
      const held = resources.flatMap((resource, place) =>
        owners[place] === undefined ? [] : [`${resource} held by ${owners[place]}`],
      );
      const free = resources.filter((_, place) => owners[place] === undefined);
      return `has ${[...held, `free: ${free.join(', ') || 'none'}`].join(', ')}`;
    },
  };
}
