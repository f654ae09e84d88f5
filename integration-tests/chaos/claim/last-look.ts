/**
 * What is there when all processes have gone: every resource is free, or held by an operation that says so.
 * @module
 */
import type { PoolEntry } from '@runafter/claim';
import type { ClaimingOperation } from './operations.ts';
import { poolName, resources } from './task.ts';

/** A resource of one of the pools. */
export type LastEntry = PoolEntry<string> & { readonly pool: string };

/**
 * What is wrong with it, as sentences.
 *
 * @param entries - after all leases have had time to end.
 */
export function leaksIn(
  entries: readonly LastEntry[],
  pools: number,
  claiming: readonly ClaimingOperation[],
): string[] {
  const standing = standingIn(claiming);
  const held = entries.flatMap(({ pool, resource, claim }) => {
    if (claim === undefined) return [];
    const where = `"${resource}" of "${pool}"`;
    if (claim.mode === 'lease') return [`${where} is still leased to "${claim.by}".`];
    const expected = standing.get(claim.by);
    if (expected === undefined) return [`${where} is still assigned to "${claim.by}".`];
    if (expected === resource || expected === 'unknown') return [];
    return [`${where} is assigned to "${claim.by}", which was given "${expected}".`];
  });
  const holders = new Set(entries.map(({ claim }) => claim?.by));
  const lost = [...standing].flatMap(([once, resource]) =>
    resource === 'unknown' || holders.has(once) ? [] : [`"${once}" has lost "${resource}".`],
  );
  return [...held, ...lost, ...missingIn(entries, pools)];
}

/** Operations that may have something: what, or that nobody knows. */
function standingIn(claiming: readonly ClaimingOperation[]): Map<string, string> {
  const standing = new Map<string, string>();
  const released = new Set<string>();
  for (const { op, outcome } of claiming) {
    if ((op.kind !== 'claim' && op.kind !== 'release') || op.once === undefined) continue;
    if (op.kind === 'claim') {
      const value = outcome.status === 'ok' ? outcome.value : undefined;
      if (typeof value === 'object') standing.set(op.owner, value.resource);
      else if (!standing.has(op.owner)) standing.set(op.owner, 'unknown');
    } else if (outcome.status === 'ok') released.add(op.owner);
    else standing.set(op.owner, 'unknown');
  }
  for (const once of released) standing.delete(once);
  return standing;
}

function missingIn(entries: readonly LastEntry[], pools: number): string[] {
  return Array.from({ length: pools }, (_, number) => poolName(number)).flatMap((pool) => {
    const there = entries.filter((entry) => entry.pool === pool).map(({ resource }) => resource);
    const text = there.toSorted().join(', ');
    const expected = resources.join(', ');
    return text === expected ? [] : [`"${pool}" has ${text || 'nothing'}, not ${expected}.`];
  });
}
