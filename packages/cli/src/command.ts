/**
 * What a command is: plain data that the program, its help and its tests read, and one function.
 *
 * Read next: commands/command-table.ts has them all, program.ts makes a command line of them.
 * @module
 */
import type { ExitCode } from './exit-codes.ts';
import type { Session } from './session.ts';

/** An option of a command. */
export interface OptionSpec {
  /** As commander takes it: `--max-concurrent <number>`, `-o, --open`. */
  readonly flags: string;
  /** With unit and default. */
  readonly description: string;
  /** The environment variable that counts where the option is not given. */
  readonly env?: string;
  readonly choices?: readonly string[];
  readonly default?: string | boolean;
  /** Reads the text; throws a UsageError for nonsense. */
  readonly parse?: (text: string) => unknown;
  /** It may be given several times, and is a list then. */
  readonly repeatable?: boolean;
}

/** An argument of a command. */
export interface ArgumentSpec {
  /** `<file>` is needed, `[path]` is not. */
  readonly name: string;
  readonly description: string;
}

/** A command as it was called. */
export interface Call<Options> {
  /** In the order of `arguments`; undefined for those that were left out. */
  readonly args: readonly (string | undefined)[];
  /** By names in camel case; those that were left out are undefined. */
  readonly options: Options & { readonly json: boolean };
}

/** What every command has. */
export interface CommandFacts {
  readonly name: string;
  /** One line of the list, without a full stop. */
  readonly summary: string;
  /** More about it, for its own help. */
  readonly details?: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** At least one. */
  readonly examples: readonly { readonly what: string; readonly line: string }[];
}

/** A command whose options are known to be of a type. */
export interface CommandSpec<Options> extends CommandFacts {
  readonly run: (call: Call<Options>, session: Session) => Promise<ExitCode>;
}

/** A command in the table. */
export interface Command extends CommandFacts {
  readonly run: (call: Call<unknown>, session: Session) => Promise<ExitCode>;
}

/** Puts a command into the form of the table: the program gives each one the options that it has declared. */
export function command<Options>(spec: CommandSpec<Options>): Command {
  return { ...spec, run: (call, session) => spec.run(call as Call<Options>, session) };
}
