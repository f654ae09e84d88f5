/**
 * A Lua script and how it is called: by its hash, which the server almost always knows, and by its text
 * when it does not, such as after a restart.
 *
 * ioredis would do the same for a command that is defined on the client; but a client that was handed
 * over is not ours to change.
 * @module
 */
import { createHash } from 'node:crypto';
import type { WaitOptions } from '@runafter/clock';
import type { RedisClient } from './redis-connection.ts';
import { replyCode } from './redis-errors.ts';

/** A script. All its keys are in one slot of a cluster. */
export interface LuaScript {
  readonly source: string;
  /** SHA-1 of the source, as the server computes it. */
  readonly hash: string;
}

export function luaScript(source: string): LuaScript {
  return { source, hash: createHash('sha1').update(source).digest('hex') };
}

/**
 * Runs a script as one atomic step. A server that does not know it has done nothing, so it is asked again.
 *
 * @param options.signal - what is not sent yet when it aborts is never sent; what was sent is waited for.
 */
export async function runScript(
  client: RedisClient,
  { source, hash }: LuaScript,
  keys: readonly string[],
  args: readonly (string | number)[],
  { signal }: WaitOptions = {},
): Promise<unknown> {
  signal?.throwIfAborted();
  try {
    return await client.evalsha(hash, keys.length, ...keys, ...args);
  } catch (error) {
    if (replyCode(error) !== 'NOSCRIPT') throw error;
    signal?.throwIfAborted();
    return await client.eval(source, keys.length, ...keys, ...args);
  }
}
