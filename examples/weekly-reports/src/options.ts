/**
 * The command line of the demo.
 * @module
 */
import { parseArgs } from 'node:util';

/** What the demo is asked to do. */
export interface Options {
  /** Configure the name of a table that Dataverse does not have. */
  readonly fail: boolean;
  /** Do the work once more in a process that is killed half-way. */
  readonly kill: boolean;
  /** Let the workflow find out how many reports to work on at once. */
  readonly adaptive: boolean;
  /** The file to keep the database of the runs in; undefined for a temporary one. */
  readonly keep: string | undefined;
  /** The file for the picture of the run; undefined for one in the folder of temporary files. */
  readonly report: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
  /** How many times as fast as the real services the office runs. */
  readonly speed: number;
}

const defaultSpeed = 5;

/** What `--help` prints. */
export const usage = `30 weekly reports over HTTP, twice: as people write it, and with runafter.

  npm run demo -- [options]

  --fail         configure a table that does not exist: every report ends Failed, with a note
  --kill         once more, in a process that is killed half-way (SIGKILL) and started again
  --adaptive     find out how many reports to work on at once, in place of computing it
  --keep FILE    keep the database of the runs in this file; a temporary one is removed
  --report FILE  put the picture of the run here; else it is in the folder for temporary files
  --json         print one JSON object instead of the table; its seconds are as measured here
  --speed N      how many times as fast as the real services the stand-ins run; ${defaultSpeed} unless said
  --help         this text

The exit code is 0 when runafter lost nothing and did nothing twice, 1 when it did, 2 when the options
make no sense.`;

/** The command line makes no sense; the message says what to change. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/**
 * Reads the command line.
 *
 * @param args - without Node and the program.
 * @throws {OptionError}
 */
export function readOptions(args: readonly string[]): Options {
  const { speed, keep, report, ...flags } = parse(args);
  for (const [option, file] of Object.entries({ keep, report })) {
    if (file === '') throw new OptionError(`--${option} is "". Give it the name of a file.`);
  }
  const factor = Number(speed);
  if (factor > 0 && factor <= 1_000) return { ...flags, keep, report, speed: factor };
  throw new OptionError(`--speed is "${speed}". Give it a number above 0, at most 1000.`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        fail: { type: 'boolean', default: false },
        kill: { type: 'boolean', default: false },
        adaptive: { type: 'boolean', default: false },
        keep: { type: 'string' },
        report: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        speed: { type: 'string', default: String(defaultSpeed) },
      },
    }).values;
  } catch (error) {
    throw new OptionError((error as Error).message, { cause: error });
  }
}
