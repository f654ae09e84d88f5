/**
 * The picture of a run, as one HTML file.
 *
 * What draws it is loaded when it is needed: it is larger than all the rest of the command line.
 * @module
 */
import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Run, Telemetry } from '@runafter/core';
import { toFault } from '@runafter/errors';
import type { Reportable, ReportOptions } from '@runafter/report';
import { EnvironmentError } from '../cli-errors.ts';
import type { Session } from '../session.ts';

/** A picture that is drawn when the run is over. */
export interface RunPicture {
  /** For the run: what its handlers wait for has to be noted while it goes on. */
  readonly telemetry: Telemetry;
  /**
   * Writes it, and says where.
   *
   * @throws {EnvironmentError} `CLI_ENVIRONMENT`, as a rejection: the file cannot be written.
   */
  write(run: Run<unknown>): Promise<void>;
}

/**
 * Prepares a picture before the run begins.
 *
 * @param file - relative to the working folder; undefined where none is wanted.
 * @throws {EnvironmentError} `CLI_ENVIRONMENT`, as a rejection: its folder cannot be written to. After a
 *   run of hours it would be too late to say so.
 */
export async function pictureFor(
  file: string | undefined,
  { cwd, stderr }: Session,
): Promise<RunPicture | undefined> {
  if (file === undefined) return undefined;
  const path = resolve(cwd, file);
  await access(dirname(path), constants.W_OK).catch((error: unknown) => {
    throw notWritten(error);
  });
  const { recordWaits } = await import('@runafter/report');
  const telemetry = recordWaits();
  return {
    telemetry,
    write: async (run) => {
      await writePicture(path, run, { recorded: telemetry.waits });
      stderr.write(`Report: ${path}\n`);
    },
  };
}

/**
 * Writes a picture into a file, in place of what is there.
 *
 * @throws {EnvironmentError} `CLI_ENVIRONMENT`, as a rejection.
 */
export async function writePicture(
  path: string,
  run: Reportable,
  options?: ReportOptions,
): Promise<void> {
  const { writeReport } = await import('@runafter/report');
  try {
    await writeReport(path, run, options);
  } catch (error) {
    // Whatever is no fault of the file system is one of ours, and says more by itself.
    throw /^E[A-Z]+$/.test(toFault(error).code) ? notWritten(error) : error;
  }
}

function notWritten(cause: unknown): EnvironmentError {
  const { message } = toFault(cause);
  return new EnvironmentError(`The report cannot be written: ${message}`, { cause });
}
