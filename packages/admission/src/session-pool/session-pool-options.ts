/**
 * What a session pool and its jobs can be told, and what is refused.
 * @module
 */
import type { PoolOptions, PoolStore } from '@runafter/claim';
import type { Duration } from '@runafter/clock';
import { isName } from '@runafter/lock/leasing';
import { SessionPoolOptionError } from './session-pool-errors.ts';
import type { Machine } from './session-pool-port.ts';

/** Options of {@link sessionPool}; `ttl`, `poll`, `holder`, `clock` and `random` are those of pools. */
export interface SessionPoolOptions extends PoolOptions {
  /**
   * Those that the pool has from the beginning. A machine that was drained stays so until resume() or join(), also
   * when a process starts anew. May be empty where other processes, or join(), add them.
   */
  readonly machines: readonly Machine[];
  /** Whoever shares the machines uses the same name and store. Default `sessions`. */
  readonly name?: string | undefined;
  /**
   * Where the sessions and their users are kept. Default: this process's memory, and nobody shares them. Each user
   * leaves a pool of one there, which is small.
   */
  readonly store?: PoolStore | undefined;
  /** How long jobs wait that say nothing else. Default: as long as it takes. */
  readonly wait?: Duration | undefined;
}

const longestMachine = 190;
const mostSessions = 1_000;

/** @throws {SessionPoolOptionError} `SESSION_POOL_OPTION_INVALID` */
export function assertPoolName(name: unknown): asserts name is string {
  if (isName(name)) return;
  const fix = `is ${JSON.stringify(name)}. Pass at least one character of well-formed Unicode.`;
  throw new SessionPoolOptionError(String(name), 'its name', fix);
}

/** @throws {SessionPoolOptionError} `SESSION_POOL_OPTION_INVALID` */
export function assertMachines(pool: string, machines: readonly Machine[]): void {
  if (!Array.isArray(machines)) {
    const fix = "is no array. Pass machines such as [{ name: 'VM-1', sessions: 2 }].";
    throw new SessionPoolOptionError(pool, 'machines', fix);
  }
  const names = new Set<string>();
  for (const [index, machine] of machines.entries()) {
    assertMachine(pool, `machines[${index}]`, machine);
    if (names.has(machine.name)) {
      const fix = `has the name "${machine.name}" of another one. List each machine once.`;
      throw new SessionPoolOptionError(pool, `machines[${index}]`, fix);
    }
    names.add(machine.name);
  }
}

/** @throws {SessionPoolOptionError} `SESSION_POOL_OPTION_INVALID` */
export function assertMachine(pool: string, option: string, machine: Machine): void {
  const { name, sessions = 1 } = machine ?? {};
  if (!isName(name) || name.length > longestMachine) {
    const fix = `has the name ${JSON.stringify(name)}. Pass 1 to ${longestMachine} characters of well-formed Unicode.`;
    throw new SessionPoolOptionError(pool, option, fix);
  }
  if (!Number.isInteger(sessions) || sessions < 1 || sessions > mostSessions) {
    const fix = `has ${String(sessions)} sessions. Pass a whole number from 1 to ${mostSessions}.`;
    throw new SessionPoolOptionError(pool, option, fix);
  }
}

/** @throws {SessionPoolOptionError} `SESSION_POOL_OPTION_INVALID` */
export function assertUser(pool: string, user: unknown): asserts user is string {
  if (isName(user)) return;
  const fix = `is ${JSON.stringify(user)}. Pass for whom it runs, at least one character of well-formed Unicode.`;
  throw new SessionPoolOptionError(pool, 'user', fix);
}
