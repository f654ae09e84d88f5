/**
 * The user as whom a server runs that refuses to run as root.
 * @module
 */
import { readFileSync } from 'node:fs';

/** A user of this machine, by numbers. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** @returns undefined when this process is not root's: then the server runs as the same user. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('it does not run as root, and there is no user postgres or nobody to run it as');
}
