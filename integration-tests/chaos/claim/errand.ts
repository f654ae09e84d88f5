/**
 * One operation that something is assigned to: it claims, claims again now and then, and gives it back. Whatever kills
 * its process, the next one goes on with it.
 *
 * Invariant: an operation is begun only when the one before it is known to be over, so a worker knows from its
 * journals which one to go on with.
 * @module
 */
import type { Client } from './client.ts';
import type { ClaimingOperation } from './operations.ts';

/** How often, of one, an operation asks again for what it has, and after it was released. */
const share = { again: 0.4, tooLate: 0.2 };

export async function runErrand(client: Client, once: string, signal: AbortSignal): Promise<void> {
  const asLongAsItTakes = { wait: '2m', signal } as const;
  // Over already: a process was killed before it heard that its release was done.
  if (!(await client.assign(once, asLongAsItTakes))) return;
  await client.rest();
  if (client.chance(share.again)) await client.assign(once, asLongAsItTakes);
  await client.release(once);
  if (client.chance(share.tooLate)) await client.assign(once, asLongAsItTakes);
}

/**
 * The operation to go on with.
 *
 * @param errand - what the ids of its operations begin with.
 * @param journal - what all processes of the worker have noted before.
 */
export function nextOperation(errand: string, journal: readonly ClaimingOperation[]): number {
  let latest = 0;
  let isOver = true;
  for (const { op, outcome } of journal) {
    if ((op.kind !== 'claim' && op.kind !== 'release') || !op.owner.startsWith(`${errand}#`)) {
      continue;
    }
    const number = Number(op.owner.slice(errand.length + 1));
    if (number < latest) continue;
    if (number > latest) isOver = false;
    latest = number;
    if (outcome.status === 'ok' && (op.kind === 'release' || outcome.value === false))
      isOver = true;
  }
  return isOver ? latest + 1 : latest;
}
