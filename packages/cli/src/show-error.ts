/**
 * How an error is said: one message with its code and the fix, for programs as JSON, and an exit code.
 *
 * Invariant: no stack unless it is asked for. A stack in front of people who mistyped a name hides what
 * they need.
 * @module
 */
import { describeCode, isRunafterError, toFault } from '@runafter/errors';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { writeJson } from './json-output.ts';
import { printableLines } from './printable.ts';
import type { Session } from './session.ts';

/** What the program was told about errors. */
export interface ErrorOptions {
  readonly json: boolean;
  readonly stack: boolean;
}

/** Says an error; `--json` writes it to stdout, for there is no other result. */
export function showError(error: unknown, session: Session, { json, stack }: ErrorOptions): void {
  const { code, message } = toFault(error);
  const fix = describeCode(code)?.fix;
  if (json) {
    writeJson(session.stdout, {
      error: { code, message, fix, ...(stack && { stack: stackOf(error) }) },
    });
    return;
  }
  const { stderr } = session;
  const { red, bold, cyan, dim } = stderr.style;
  stderr.write(`${red('error')} ${bold(printableLines(code))}: ${printableLines(message)}\n`);
  if (fix !== undefined) stderr.write(`${cyan('fix')}: ${fix}\n`);
  if (stack) stderr.write(`${printableLines(stackOf(error))}\n`);
  else if (!isRunafterError(error)) stderr.write(dim('Add --stack to see where it comes from.\n'));
}

/** The exit code of an error that ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  const { code } = toFault(error);
  if (unfinished.has(code)) return exitCodes.unfinished;
  if (!isRunafterError(error)) return exitCodes.environment;
  const isService = /^(STORE|SERVICE|CLI_ENVIRONMENT|RUN_DOCUMENT|STORED)/.test(code);
  return isService && !wrongUse.has(code) ? exitCodes.environment : exitCodes.usage;
}

/** The run goes on elsewhere, or can go on. */
const unfinished: ReadonlySet<string> = new Set(['RUN_HELD', 'RUN_LOST', 'RUN_SUSPENDED']);

/** Begin like faults of a store, but it is the command line that is wrong. */
const wrongUse: ReadonlySet<string> = new Set([
  'STORE_REQUIRED',
  'STORE_OPTION_INVALID',
  'SERVICE_OPTION_INVALID',
]);

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return toFault(error).message;
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
