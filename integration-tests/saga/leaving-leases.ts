/**
 * Leases that are left to the next process: it need not wait until those of a process that was killed
 * have expired.
 * @module
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunStore, Writer } from '@runafter/core';

/**
 * Gives back what the processes before this one have held, and notes what this one will hold.
 *
 * @param folder - where the notes are.
 */
export async function leavingLeases<S extends RunStore>(store: S, folder: string): Promise<S> {
  const file = join(folder, 'leases');
  const left = readFileSync(file, { encoding: 'utf8', flag: 'a+' }).split('\n').slice(0, -1);
  for (const line of left) await store.releaseLease(JSON.parse(line) as Writer);
  const note = async (runId: string, answer: Promise<{ readonly state: string }>) => {
    const { token } = (await answer) as { readonly token?: number };
    if (token !== undefined) appendFileSync(file, `${JSON.stringify({ runId, token })}\n`);
    return answer;
  };
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'createRun' && name !== 'acquireLease') return member.bind(target);
      return (first: string | { readonly runId: string }, ...rest: unknown[]) =>
        note(typeof first === 'string' ? first : first.runId, member.call(target, first, ...rest));
    },
  });
}
