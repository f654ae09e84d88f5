/**
 * The whole program as one function: arguments in, exit code out, and every error said.
 * @module
 */
import { readFileSync } from 'node:fs';
import { commandTable } from './commands/command-table.ts';
import type { ExitCode } from './exit-codes.ts';
import { runProgram } from './program.ts';
import type { Session } from './session.ts';
import { type ErrorOptions, exitCodeOf, showError } from './show-error.ts';

/**
 * Runs `runafter` with these arguments. Errors are written to the session, and never thrown.
 *
 * @param argv - the arguments, without the program's name.
 * @param session - what it runs in; see `processSession()`.
 * @returns the exit code; see `exitCodes`.
 * @example
 * process.exitCode = await runCli(['describe', 'orders.ts', '--format', 'mermaid'], processSession());
 */
export async function runCli(argv: readonly string[], session: Session): Promise<ExitCode> {
  try {
    return await runProgram(argv, { commands: commandTable, version: ownVersion() }, session);
  } catch (error) {
    showError(error, session, errorOptions(argv, session));
    return exitCodeOf(error);
  }
}

/** How errors are said. It is read from the arguments as they stand: that they cannot be read may be the error. */
export function errorOptions(argv: readonly string[], { env }: Pick<Session, 'env'>): ErrorOptions {
  return {
    json: argv.includes('--json'),
    stack: argv.includes('--stack') || env.RUNAFTER_STACK === '1',
  };
}

function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
