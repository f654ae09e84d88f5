#!/usr/bin/env node
/**
 * The program `runafter`.
 *
 * Invariant: it ends when its command has ended. What the workflow's file has opened and left open, such as
 * a pool of connections, does not hold it up.
 * @module
 */
import { exitCodes } from './exit-codes.ts';
import { processSession } from './process-session.ts';
import { errorOptions, runCli } from './run-cli.ts';
import { showError } from './show-error.ts';

const argv = process.argv.slice(2);
const session = processSession();
// Such as a promise of the workflow's file that nobody awaits: Node would exit with 1, which means something else.
process.on('uncaughtException', (error) => {
  showError(error, session, errorOptions(argv, session));
  process.exit(exitCodes.environment);
});
const code = await runCli(argv, session);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);

/** Resolves when everything has been handed over, or nobody takes it any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
