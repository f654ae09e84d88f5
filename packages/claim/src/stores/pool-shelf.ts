/**
 * The resources of one pool as plain data, and what becomes of them: the same for memory and for documents.
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { AddRequest, Claimed, ResourceState, StoredResource } from '../pool-store.ts';

/** A resource, and who has it. */
export interface Shelved extends StoredResource {
  value: string;
  /** Of the last claim; 0 before the first one. */
  token: number;
  withdrawn: boolean;
  /** Undefined: it is free. */
  owner?: string | undefined;
  /** Milliseconds since 1970. */
  claimedAt?: number | undefined;
  /** In milliseconds; undefined: until it is released. */
  ttl?: number | undefined;
  /** Another one with each grant and renewal, also with those that were never written. */
  mark?: string | undefined;
}

/** All that there is of a pool. */
export interface Shelf {
  /** In the order in which they were added. */
  readonly resources: Shelved[];
  /** Owners that were released for good, the last one last. */
  readonly retired: string[];
}

const rememberedRetired = 1_000;

/** @returns an empty one. */
export function newShelf(): Shelf {
  return { resources: [], retired: [] };
}

/** @returns one that can be changed, and the other stays as it is. */
export function copyOf({ resources, retired }: Shelf): Shelf {
  return { resources: resources.map((resource) => ({ ...resource })), retired: [...retired] };
}

export function heldBy({ resources }: Shelf, owner: string): Shelved | undefined {
  return resources.find((resource) => resource.owner === owner);
}

/** The first one that can be handed out, were it for nobody's place in a line. */
export function firstFree(
  { resources }: Shelf,
  hasExpired: (resource: Shelved) => boolean,
): Shelved | undefined {
  return resources.find(
    (resource) => !resource.withdrawn && (resource.owner === undefined || hasExpired(resource)),
  );
}

/** In how many milliseconds the first one can be handed out, where none is free; undefined: nobody knows. */
export function earliest(
  { resources }: Shelf,
  expiresIn: (resource: Shelved) => number,
): number | undefined {
  let least = Number.POSITIVE_INFINITY;
  for (const resource of resources) {
    if (!resource.withdrawn) least = Math.min(least, expiresIn(resource));
  }
  return Number.isFinite(least) ? least : undefined;
}

/** Gives it to a new owner. */
export function handOut(resource: Shelved, owner: string, ttl: number, now: number): void {
  resource.token++;
  resource.owner = owner;
  resource.claimedAt = now;
  renew(resource, ttl);
}

/** Gives its owner another ttl. */
export function renew(resource: Shelved, ttl: number): void {
  resource.ttl = ttl === Number.POSITIVE_INFINITY ? undefined : ttl;
  resource.mark = randomBytes(9).toString('base64url');
}

/** @returns whether the owner had something. */
export function takeBack(shelf: Shelf, owner: string): boolean {
  const resource = heldBy(shelf, owner);
  if (resource !== undefined) setFree(resource);
  return resource !== undefined;
}

function setFree(resource: Shelved): void {
  resource.owner = undefined;
  resource.claimedAt = undefined;
  resource.ttl = undefined;
  resource.mark = undefined;
}

export function retire({ retired }: Shelf, owner: string): void {
  if (retired.includes(owner)) return;
  retired.push(owner);
  retired.splice(0, retired.length - rememberedRetired);
}

/** @returns whether that changes anything. */
export function put(shelf: Shelf, { resources, again }: AddRequest): boolean {
  let changes = false;
  const known = new Map(shelf.resources.map((resource) => [resource.id, resource]));
  for (const { id, value } of resources) {
    const found = known.get(id);
    if (found === undefined) {
      shelf.resources.push({ id, value, token: 0, withdrawn: false });
      changes = true;
    } else if (again && (found.withdrawn || found.value !== value)) {
      found.withdrawn = false;
      found.value = value;
      changes = true;
    }
  }
  return changes;
}

/** @returns whether that changes anything. */
export function withdraw({ resources }: Shelf, ids: readonly string[]): boolean {
  const withdrawn = resources.filter(
    (resource) => !resource.withdrawn && ids.includes(resource.id),
  );
  for (const resource of withdrawn) resource.withdrawn = true;
  return withdrawn.length > 0;
}

export function toClaimed({ id, value, token }: Shelved): Claimed {
  return { granted: true, id, value, token: BigInt(token) };
}

/** @param expiresIn - of a resource with a ttl; 0 or less: it has expired. */
export function toStates(
  { resources }: Shelf,
  expiresIn: (resource: Shelved) => number,
): ResourceState[] {
  return resources.flatMap((resource): ResourceState[] => {
    const { id, value, withdrawn, owner, token, claimedAt = 0 } = resource;
    const left = owner === undefined ? 0 : expiresIn(resource);
    if (owner === undefined || left <= 0) {
      return withdrawn ? [] : [{ id, value, withdrawn, claim: undefined }];
    }
    const claim = { owner, token: BigInt(token), claimedAt, expiresIn: left };
    return [{ id, value, withdrawn, claim }];
  });
}
