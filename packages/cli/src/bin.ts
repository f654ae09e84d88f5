#!/usr/bin/env node
/**
 * The program `runafter`.
 *
 * Invariant: it ends when its command has ended. What the workflow's file has opened and left open, such as
 * a pool of connections, does not hold it up.
 * @module
 */
import { processSession } from './process-session.ts';
import { runCli } from './run-cli.ts';

const code = await runCli(process.argv.slice(2), processSession());
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);

/** Resolves when everything has been handed over, or nobody takes it any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
