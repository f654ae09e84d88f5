/**
 * Follows a run to its end, or to where somebody stops it: progress, Ctrl-C, and what is said in the end.
 * @module
 */
import { describe as describeWorkflow, type Run, type RunResult } from '@runafter/core';
import { toFault } from '@runafter/errors';
import {
  type DisplayOptions,
  type ProgressKind,
  showProgress,
} from '../progress/progress-display.ts';
import type { Session } from '../session.ts';
import type { AnyWorkflow } from '../workflow-file.ts';

/** How a run left the command. */
export type RunEnding =
  | { readonly run: Run<unknown>; readonly result: RunResult<unknown> }
  /** It goes on, or can go on: suspended, lost, held by another process. */
  | {
      readonly run: Run<unknown>;
      readonly left: { readonly code: string; readonly message: string };
    };

/** How it is followed. */
export interface Following extends DisplayOptions {
  /** It is in a store, so that Ctrl-C suspends it instead of cancelling it. */
  readonly isDurable: boolean;
}

/**
 * Waits for the end of a run. The first Ctrl-C suspends a durable run and cancels another one.
 *
 * @throws whatever the run's `finished` rejects with that is a fault of the store or the engine.
 */
export async function followRun(
  run: Run<unknown>,
  workflow: AnyWorkflow,
  session: Session,
  { isDurable, ...shown }: Following,
): Promise<RunEnding> {
  const display = showProgress(run, describeWorkflow(workflow), session, shown);
  let suspending: Promise<void> | undefined;
  const ignore = session.interrupts.onInterrupt(() => {
    display.note(
      isDurable
        ? 'Suspending: what runs is told to stop. Ctrl-C again ends at once.'
        : 'Cancelling: what runs is told to stop. Ctrl-C again ends at once.',
    );
    if (isDurable) suspending = run.suspend();
    else run.cancel('Ctrl-C');
  });
  try {
    return { run, result: await run.finished };
  } catch (error) {
    const { code, message } = toFault(error);
    if (!leaves.has(code)) throw error;
    return { run, left: { code, message } };
  } finally {
    ignore();
    display.close();
    await suspending;
  }
}

const leaves: ReadonlySet<string> = new Set(['RUN_SUSPENDED', 'RUN_LOST', 'RUN_HELD']);

/** A bar on a terminal and lines elsewhere, unless somebody wants it otherwise. */
export function progressOf(asked: ProgressKind | undefined, { stderr }: Session): ProgressKind {
  return asked ?? (stderr.isTerminal ? 'bar' : 'lines');
}
