/**
 * One turn with something that is leased: claim, write to what it guards, keep it for a while, write again, give it
 * back. Whoever was paused for too long meanwhile writes all the same.
 *
 * Invariant: the second write goes out only if the lease says that it is held. When it is not, the same holder
 * writes with a fence that asks nobody: whatever the pool has done, the store has to refuse it.
 * @module
 */
import type { ResourceLease } from '@runafter/claim';
import { hasCode } from '@runafter/errors';
import type { Fence, StoredDocument } from '@runafter/optimistic';
import type { Guarded } from '../lock/backend.ts';
import type { Client } from './client.ts';

/** @param owner - of this turn alone. */
export async function haveSession(
  client: Client,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  const lease = await client.lease(owner, { wait: '2m', signal });
  try {
    await use(client, lease);
  } finally {
    await client.giveBack(owner, lease);
  }
}

async function use(client: Client, lease: ResourceLease<string>): Promise<void> {
  const { resource } = lease;
  let document: StoredDocument<Guarded> | undefined;
  try {
    await client.write('holder', lease, resource);
    document = await client.read(resource);
    await client.keep(lease);
    await client.write('holder', lease, resource, document);
  } catch (error) {
    if (!hasCode(error, 'LEASE_LOST')) throw error;
    const { token, owner } = lease;
    const fence: Fence = { token, owner, assertHeld() {} };
    if (document !== undefined) await client.write('replay', fence, resource, document);
    await client.write('zombie', fence, resource);
  }
}
