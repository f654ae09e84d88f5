/**
 * The command line of `npm run chaos`.
 * @module
 */
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** What `--help` prints. */
export const usage = `npm run chaos -- NAME [--quick] [--json] [--only BACKEND,…] [--seed N] [--backend FILE]

  NAME       state: counters and documents, while processes are killed and replies get lost
             lock: holders of locks that are paused until others hold them, and wake up
             claim: pools of resources, while their holders are killed and paused
             distributed: runs on many workers that are killed, while Redis is restarted
  --quick    fewer operations, kills and faults, for CI
  --json     the report as JSON, alone on standard output
  --only     some backends, such as redis,postgres
  --seed     a whole number: plans the same kills and faults again
  --backend  a module that exports a backend of your own, in place of all others
  --help     this text`;

/** What was asked for. */
export interface CommandLine {
  readonly name: string;
  readonly quick: boolean;
  readonly json: boolean;
  readonly only: readonly string[];
  readonly seed: number;
  readonly backendFile: URL | undefined;
}

/**
 * Reads the arguments.
 *
 * @param known - the names of the programs.
 * @returns undefined when help was asked for.
 * @throws {Error} an unknown name or option, with what there is.
 */
export function readCommandLine(
  args: readonly string[],
  known: readonly string[],
): CommandLine | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [name, ...others] = positionals;
  if (name === undefined || !known.includes(name) || others.length > 0) {
    const what =
      name === undefined ? 'Which chaos?' : `There is no chaos "${positionals.join(' ')}".`;
    throw new Error(`${what} There is: ${known.join(', ')}.\n\n${usage}`);
  }
  const { quick = false, json = false, only = '', seed, backend } = values;
  return {
    name,
    quick,
    json,
    only: only.split(',').filter((one) => one !== ''),
    seed: seed === undefined ? randomInt(2 ** 31) : wholeNumber(seed),
    backendFile: backend === undefined ? undefined : pathToFileURL(resolve(backend)),
  };
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`--seed is "${text}". Pass a whole number.\n\n${usage}`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        only: { type: 'string' },
        seed: { type: 'string' },
        backend: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`, { cause: error });
  }
}
