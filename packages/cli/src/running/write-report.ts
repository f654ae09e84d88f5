/**
 * Writes the picture of a run into a file.
 *
 * What draws it is loaded when it is needed: it is larger than all the rest of the command line.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Run } from '@runafter/core';
import { toFault } from '@runafter/errors';
import type { RunView } from '@runafter/report';
import { EnvironmentError } from '../cli-errors.ts';
import type { Session } from '../session.ts';

/**
 * Writes the picture of a run in this process, if that was asked for, and says where it is.
 *
 * @param file - relative to the working folder; undefined does nothing.
 * @throws {EnvironmentError} `CLI_ENVIRONMENT`, as a rejection: the file cannot be written.
 */
export async function writeReport(
  run: Run<unknown>,
  file: string | undefined,
  session: Session,
): Promise<void> {
  if (file === undefined) return;
  const { viewOf } = await import('@runafter/report');
  const path = await writePicture(viewOf(run), resolve(session.cwd, file));
  session.stderr.write(`Report: ${path}\n`);
}

/**
 * Writes the picture of a run into a file, in place of what is there.
 *
 * @throws {EnvironmentError} `CLI_ENVIRONMENT`, as a rejection.
 */
export async function writePicture(view: RunView, path: string): Promise<string> {
  const { renderReport } = await import('@runafter/report');
  const page = await renderReport(view);
  try {
    await writeFile(path, page);
  } catch (error) {
    throw new EnvironmentError(`The report cannot be written: ${toFault(error).message}`, {
      cause: error,
    });
  }
  return path;
}
