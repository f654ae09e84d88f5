/**
 * What is said when a run has ended, or has been left: for people, or as JSON.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import type { ActionError, Run, RunFacts, RunResult, Status } from '@runafter/core';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { toJson } from '../json-output.ts';
import { printable, printableLines } from '../printable.ts';
import type { Output } from '../session.ts';
import { colourOf } from '../status-colour.ts';
import { withoutPassword } from '../store-url.ts';
import { shortened } from '../text-width.ts';
import type { RunEnding } from './follow-run.ts';

/** The exit code of how a run ended, or was left. */
export function exitCodeOfEnding(ending: RunEnding): ExitCode {
  if ('left' in ending) return exitCodes.unfinished;
  return ending.result.status === 'Succeeded' ? exitCodes.ok : exitCodes.unsuccessful;
}

/** A run as `run --json` and `resume --json` write it. Secure values are markers. */
export function endingAsJson(ending: RunEnding): object {
  const { run } = ending;
  if ('left' in ending) {
    return { runId: run.id, workflow: run.workflow, status: 'Running', left: ending.left };
  }
  const { text, chain } = run.why();
  // The records of everything are for inspect and report: of a large loop they are gigabytes.
  const { results: _, ...facts } = shownResult(ending.result);
  return { ...facts, why: { text, chain } };
}

/** Says how a run ended, for people. */
export function showEnding(ending: RunEnding, output: Output): void {
  const { run } = ending;
  const { style } = output;
  if ('left' in ending) {
    output.write(
      `${style.yellow('Not ended')}  run ${printable(run.id)}\n${printable(ending.left.message)}\n`,
    );
    return;
  }
  const { result } = ending;
  const took = formatDuration(result.endTime.getTime() - result.startTime.getTime());
  const status = colourOf(result.status, style)(result.status);
  output.write(`${status}  ${printable(run.workflow)} in ${took}, run ${printable(run.id)}\n`);
  if (result.status === 'Succeeded') showOutputs(result, output);
  else output.write(`${printableLines(run.why().text)}\n`);
  showFailures(result, output);
}

function showOutputs(result: RunResult<unknown>, output: Output): void {
  const { outputs } = shownResult(result);
  if (outputs !== undefined) output.write(`${toJson(outputs, 2)}\n`);
}

/** The result as it shows itself: with markers in place of secure values. */
function shownResult(result: RunResult<unknown>): Partial<RunFacts> & { outputs?: unknown } {
  return (result as RunResult<unknown> & { toJSON(): Partial<RunFacts> }).toJSON();
}

const mostListed = 10;

interface Failure {
  readonly path: string;
  readonly status: Status;
  readonly error: ActionError | undefined;
}

function showFailures(result: RunResult<unknown>, output: Output): void {
  showList('Failed, and was handled', result.handledFailures.map(failureLine), output);
  showList('To look at', result.flagged.map(failureLine), output);
  showList('Had not settled when it ended', result.unsettled.map(printable), output);
}

function showList(title: string, lines: readonly string[], output: Output): void {
  if (lines.length === 0) return;
  const left = lines.length - mostListed;
  const shown = lines.slice(0, mostListed).map((line) => `  ${line}\n`);
  const more = left > 0 ? `  … and ${left} more\n` : '';
  output.write(`${output.style.yellow(title)}:\n${shown.join('')}${more}`);
}

function failureLine({ path, status, error }: Failure): string {
  const why =
    error === undefined ? '' : `: ${error.code}: ${shortened(printable(error.message), 200)}`;
  return `${printable(path)} ${status}${why}`;
}

/** How several runs ended together. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  const order = [exitCodes.environment, exitCodes.unsuccessful, exitCodes.unfinished];
  return order.find((code) => codes.includes(code)) ?? exitCodes.ok;
}

/** The command that goes on with a run that was left. Passwords are not in it. */
export function howToGoOn(run: Run<unknown>, file: string, store: string | undefined): string {
  const words = ['runafter', 'resume', file, run.id];
  if (store !== undefined) words.push('--store', withoutPassword(store));
  return `Go on with: ${words.map(shellWord).join(' ')}`;
}

function shellWord(text: string): string {
  return /^[\w./:@#-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
