/**
 * Checks as lines on the terminal: each says what held, and the first that did not ends the command.
 * @module
 */
import { availableParallelism } from 'node:os';
import { captureProgram } from '../run-program.mjs';
import { root } from '../workspace.ts';

/** Runs one check and prints its line; a failure ends the command. */
export async function check<T>(name: string, body: () => Promise<T>): Promise<T> {
  try {
    const result = await body();
    console.log(` ✓ ${name}`);
    return result;
  } catch (error) {
    console.log(` ✗ ${name}`);
    throw error;
  }
}

/**
 * @returns what the program wrote to its standard output.
 * @throws {Error} with all its output when its exit code is not 0.
 */
export async function run(
  command: string,
  args: readonly string[],
  cwd: string = root,
): Promise<string> {
  const { code, stdout, output } = await captureProgram(command, args, { cwd });
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with exit code ${code}:\n${output}`);
  }
  return stdout;
}

/** As many at once as there are cores. After a failure none begins, and it ends when all that run have ended. */
export async function forEachAtOnce<T>(
  items: readonly T[],
  body: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = [...items];
  async function worker(): Promise<void> {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        await body(item);
      } catch (error) {
        left.length = 0;
        throw error;
      }
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker));
  for (const ended of workers) {
    if (ended.status === 'rejected') throw ended.reason;
  }
}
