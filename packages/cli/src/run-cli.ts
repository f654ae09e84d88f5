/**
 * The whole program as one function: arguments in, exit code out, and every error said.
 * @module
 */
import { readFileSync } from 'node:fs';
import { commandTable } from './commands/command-table.ts';
import type { ExitCode } from './exit-codes.ts';
import { runProgram } from './program.ts';
import type { Session } from './session.ts';
import { exitCodeOf, showError } from './show-error.ts';

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
    // They are read from the arguments, because the error may be that these cannot be read.
    const json = argv.includes('--json');
    const stack = argv.includes('--stack') || session.env.RUNAFTER_STACK === '1';
    showError(error, session, { json, stack });
    return exitCodeOf(error);
  }
}

function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
