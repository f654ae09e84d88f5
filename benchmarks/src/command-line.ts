/**
 * The command line of `npm run bench`.
 * @module
 */
import { parseArgs } from 'node:util';

/** What `--help` prints. */
export const usage = `npm run bench -- [NAME …] [--quick] [--json] [--check] [--only TEXT] [--write]

  NAME     which benchmarks; all of them without a name
  --quick  median of 3 rounds in place of 9, without what takes long, for CI
  --json   one more line at the end: {"rows": [{"work", "peer", "ratio", "target", "ours", "theirs", "unit"}]}
  --check  exit code 1 when a target is missed
  --only   only works whose name contains TEXT
  --write  puts what it finds into benchmarks/RESULTS.md; without a NAME it always does
  --help   this text`;

/** What was asked for. */
export interface CommandLine {
  readonly names: readonly string[];
  readonly quick: boolean;
  readonly json: boolean;
  readonly check: boolean;
  readonly only: string;
  /** The results are to be kept: for whole benchmarks only. */
  readonly write: boolean;
  readonly help: boolean;
}

/**
 * Reads the arguments.
 *
 * @param known - the names of the benchmarks.
 * @throws {Error} an unknown name or option, with what there is.
 */
export function readCommandLine(args: readonly string[], known: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no benchmark "${unknown}". There is: ${known.join(', ')}.\n\n${usage}`,
    );
  }
  const { quick = false, json = false, check = false, only = '', help = false } = values;
  const { write = positionals.length === 0 && only === '' } = values;
  if (write && only !== '') {
    throw new Error(
      `--write keeps whole benchmarks, and --only leaves some of it out.\n\n${usage}`,
    );
  }
  const names = positionals.length === 0 ? known : positionals;
  return { names, quick, json, check, only, write, help };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        check: { type: 'boolean' },
        only: { type: 'string' },
        write: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`, { cause: error });
  }
}
