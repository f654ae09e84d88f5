/**
 * One run that is followed to its end here: shown while it goes on, drawn and told when it is over.
 * @module
 */
import type { Run } from '@runafter/core';
import type { ExitCode } from '../exit-codes.ts';
import { writeJson } from '../json-output.ts';
import type { Session } from '../session.ts';
import type { RunningOptions } from '../shared-options.ts';
import type { AnyWorkflow } from '../workflow-file.ts';
import { type Following, followRun, progressOf } from './follow-run.ts';
import type { RunPicture } from './run-picture.ts';
import { endingAsJson, exitCodeOfEnding, howToGoOn, showEnding } from './show-ending.ts';

/** What is followed, and what it needs beside the options of the command. */
export interface Followed extends Omit<Following, 'how'> {
  readonly run: Run<unknown>;
  readonly workflow: AnyWorkflow;
  /** The file of the workflow, to tell how to go on. */
  readonly file: string;
  /** Watches the run already; undefined where no picture was asked for. */
  readonly picture: RunPicture | undefined;
}

export async function followToEnd(
  { run, workflow, file, picture, ...follow }: Followed,
  options: RunningOptions & { readonly json: boolean; readonly store?: string },
  session: Session,
): Promise<ExitCode> {
  const how = progressOf(options.progress, session);
  const ending = await followRun(run, workflow, session, { how, ...follow });
  await picture?.write(run);
  if (options.json) writeJson(session.stdout, endingAsJson(ending));
  else showEnding(ending, session.stdout);
  if ('left' in ending && !options.json)
    session.stderr.write(`${howToGoOn(run, file, options.store)}\n`);
  return exitCodeOfEnding(ending);
}
