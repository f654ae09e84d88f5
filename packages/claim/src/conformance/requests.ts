/**
 * Requests to a store itself, as pool.ts makes them: for what the algorithm does not let through, such as the late
 * request of a holder that stood still.
 * @module
 */
import type { Busy } from '@runafter/lock';
import type { Claimed, ClaimRequest, PoolStore, Retired } from '../pool-store.ts';

/** The pool of all requests that name none. */
const pool = 'licences';

type Request = Partial<ClaimRequest> & { readonly owner: string };

/** Asks for what is free: without a place in the line, and for far longer than any test takes. */
export function ask(store: PoolStore, request: Request): Promise<Claimed | Busy | Retired> {
  return store.claim({ pool, ttl: 600_000, place: undefined, ...request }, {});
}

/** As ask(), for who is to be given something. */
export async function take(store: PoolStore, request: Request): Promise<Claimed> {
  const reply = await ask(store, request);
  if (reply.granted) return reply;
  throw new Error(`"${request.owner}" was given nothing: ${JSON.stringify(reply)}`);
}

export function renew(
  store: PoolStore,
  { owner, ttl = 600_000, pool: name = pool }: Request,
): Promise<boolean> {
  return store.renew({ pool: name, owner }, ttl, {});
}

/** @param options.forGood - Default false. */
export function giveBack(
  store: PoolStore,
  options: { readonly owner: string; readonly pool?: string; readonly forGood?: boolean },
): Promise<boolean> {
  return store.release({ pool, forGood: false, ...options }, {});
}

/** Adds resources whose ids are their values. */
export function put(store: PoolStore, ids: readonly string[], name: string = pool): Promise<void> {
  const resources = ids.map((id) => ({ id, value: JSON.stringify(id) }));
  return store.add({ pool: name, resources, again: true }, {});
}
