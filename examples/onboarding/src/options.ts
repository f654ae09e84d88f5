/**
 * The command line of the example.
 * @module
 */
import { parseArgs } from 'node:util';

/** What the example is asked to do. */
export interface Options {
  /** Kill the process that works half-way. Another one is started, unless there are others. */
  readonly kill: boolean;
  /** Over how many processes the run is distributed; undefined for one that has it to itself. */
  readonly workers: number | undefined;
  /** The file to read instead of the example's own. */
  readonly input: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
  /** How many times as fast as the real services the office runs. */
  readonly speed: number;
  /** How many hires at once. */
  readonly concurrency: number;
}

const defaults = { speed: 300, concurrency: 30, workers: 4 } as const;

/** What `--help` prints. */
export const usage = `200 new hires on a Monday: each gets account, site, licence and welcome mail, or nothing that stays.

  npm run example -- onboarding [options]

  --kill           kill the process half-way (SIGKILL), and start it again
  --distributed    the same workflow over several processes, which meet in Redis; with --kill, the others go on
  --workers N      over how many; ${defaults.workers} unless said
  --input FILE     another CSV file than the example's own
  --concurrency N  how many hires at once; ${defaults.concurrency} unless said
  --speed N        how many times as fast as the real services the stand-ins run; ${defaults.speed} unless said
  --json           print one JSON object instead of the report; its seconds are as measured here
  --help           this text

  ONBOARDING_DATABASE_URL=postgres://… or Server=…   the log and the licences in PostgreSQL or SQL Server
  REDIS_URL=redis://…                                the Redis to meet in; a redis-server of its own unless said

The exit code is 0 when the systems show that nobody is half onboarded, 1 when they do not, 2 when the
options make no sense.`;

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
  const { speed, concurrency, input, distributed, workers, ...flags } = parse(args);
  if (input === '') throw new OptionError('--input is "". Give it the name of a file.');
  const factor = Number(speed);
  if (!(factor >= 1 && factor <= 5_000)) {
    throw new OptionError(`--speed is "${speed}". Give it a number from 1 to 5000.`);
  }
  const atOnce = Number(concurrency);
  if (!(Number.isInteger(atOnce) && atOnce >= 1)) {
    throw new OptionError(`--concurrency is "${concurrency}". Give it a whole number from 1.`);
  }
  const team = readWorkers(distributed, workers, flags.kill);
  return { ...flags, input, workers: team, speed: factor, concurrency: atOnce };
}

function readWorkers(
  distributed: boolean,
  workers: string | undefined,
  kill: boolean,
): number | undefined {
  if (!distributed) {
    if (workers === undefined) return undefined;
    throw new OptionError('--workers is of a batch that is distributed. Add --distributed.');
  }
  const count = Number(workers ?? defaults.workers);
  if (!(Number.isInteger(count) && count >= 1 && count <= 100)) {
    throw new OptionError(`--workers is "${workers}". Give it a whole number from 1 to 100.`);
  }
  if (kill && count === 1) {
    throw new OptionError('--workers is 1, and --kill would leave nobody. Give it 2 or more.');
  }
  return count;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kill: { type: 'boolean', default: false },
        distributed: { type: 'boolean', default: false },
        workers: { type: 'string' },
        input: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        speed: { type: 'string', default: String(defaults.speed) },
        concurrency: { type: 'string', default: String(defaults.concurrency) },
      },
    }).values;
  } catch (error) {
    throw new OptionError((error as Error).message, { cause: error });
  }
}
