/**
 * Resources as users write them, and as stores keep them.
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { readProperty } from '@runafter/errors';
import { isName } from '@runafter/lock/leasing';
import { PoolResourceError } from './claim-errors.ts';
import type { Resource } from './pool-port.ts';
import type { StoredResource } from './pool-store.ts';

const longestId = 200;

/** @throws {PoolResourceError} `POOL_RESOURCE_INVALID` */
export function toStored(pool: string, resources: readonly Resource[]): StoredResource[] {
  const seen = new Set<string>();
  return resources.map((resource, index) => {
    const id: unknown = typeof resource === 'string' ? resource : readProperty(resource, 'id');
    if (!isResourceId(id)) {
      const fix = `has no id. Pass a text of 1 to ${longestId} characters, or an object with such an "id".`;
      throw new PoolResourceError(pool, index, fix);
    }
    if (seen.has(id)) {
      throw new PoolResourceError(
        pool,
        index,
        `has the id "${id}" of another one. Give it its own.`,
      );
    }
    seen.add(id);
    return { id, value: encode(pool, index, resource) };
  });
}

/** What {@link toStored} has made a text of. */
export function fromStored<T>({ value }: StoredResource): T {
  return JSON.parse(value) as T;
}

function encode(pool: string, index: number, resource: Resource): string {
  let value: string | undefined;
  let cause: unknown;
  try {
    value = JSON.stringify(resource);
  } catch (error) {
    cause = error;
  }
  if (value !== undefined && isDeepStrictEqual(JSON.parse(value), resource)) return value;
  const fix = 'does not come back from JSON as it is. Keep such things beside the pool, by the id.';
  throw new PoolResourceError(pool, index, fix, { cause });
}

function isResourceId(id: unknown): id is string {
  return isName(id) && id.length <= longestId;
}
