/**
 * The command line, made of the table of commands: commander reads it, and nothing else here knows
 * commander.
 *
 * Invariant: commander writes nothing and ends nothing by itself; what it refuses is a UsageError.
 * @module
 */
import { Command as CommanderCommand, CommanderError, Option } from 'commander';
import { UsageError } from './cli-errors.ts';
import type { Command, OptionSpec } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

/** What the program is told of itself. */
export interface ProgramFacts {
  readonly commands: readonly Command[];
  readonly version: string;
}

/**
 * Runs the command that the arguments name.
 *
 * @param argv - without the two that Node puts before them.
 * @throws {UsageError} `CLI_USAGE`, as a rejection, and whatever the command rejects with.
 */
export async function runProgram(
  argv: readonly string[],
  { commands, version }: ProgramFacts,
  session: Session,
): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok;
  const program = quiet(new CommanderCommand('runafter'), session)
    .description('Runs workflows, and shows how they went.')
    .usage('<command> [options]')
    .version(version, '-V, --version', 'write the version')
    .helpOption('-h, --help', 'show this, or what a command takes')
    .helpCommand('help [command]', 'show what a command takes')
    .showSuggestionAfterError()
    .addHelpText('after', programNotes);
  for (const spec of commands) {
    program.addCommand(
      toCommander(spec, session, async (call) => {
        code = await spec.run(call, session);
      }),
    );
  }
  if (argv.length === 0) {
    program.outputHelp({ error: true });
    return exitCodes.usage;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.ok;
    throw new UsageError(messageOf(error));
  }
  return code;
}

type Handle = (call: Parameters<Command['run']>[0]) => Promise<void>;

function toCommander(spec: Command, session: Session, handle: Handle): CommanderCommand {
  const command = quiet(new CommanderCommand(spec.name), session)
    .summary(spec.summary)
    .description(
      spec.details === undefined ? `${spec.summary}.` : `${spec.summary}. ${spec.details}`,
    )
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
    .addHelpText('after', examplesOf(spec));
  for (const { name, description } of spec.arguments) command.argument(name, description);
  for (const option of [...spec.options, ...everywhere]) {
    command.addOption(toOption(option, session));
  }
  return command.action(async (...given: unknown[]) => {
    const args = given.slice(0, spec.arguments.length) as (string | undefined)[];
    const { json = false, ...options } = command.opts<{ json?: boolean }>();
    await handle({ args, options: { ...options, json } });
  });
}

/** Taken by every command. The program reads them once more by itself, to show errors. */
const everywhere: readonly OptionSpec[] = [
  { flags: '--json', description: 'write JSON for programs instead of text' },
  { flags: '--stack', description: 'show the stack of an error' },
];

function toOption(spec: OptionSpec, { env }: Session): Option {
  const { flags, description, choices, parse, repeatable } = spec;
  const option = new Option(
    flags,
    spec.env === undefined ? description : `${description} (env: ${spec.env})`,
  );
  if (choices !== undefined) option.choices([...choices]);
  const read = parse ?? ((text: string) => text);
  if (repeatable) {
    option.argParser((text: string, before: unknown[] | undefined) => [
      ...(before ?? []),
      read(text),
    ]);
  } else if (parse !== undefined)
    option.argParser((text: string) => named(spec, () => parse(text)));
  const inherited = spec.env === undefined ? undefined : env[spec.env];
  if (inherited !== undefined && inherited !== '') option.default(read(inherited), 'from there');
  else if (spec.default !== undefined) option.default(spec.default);
  return option;
}

/** The option stands before what is wrong with its value. */
function named<T>({ flags }: OptionSpec, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError)
      throw new UsageError(`${flags}: ${error.message}`, { cause: error.cause });
    throw error;
  }
}

function quiet(command: CommanderCommand, { stdout, stderr }: Session): CommanderCommand {
  return command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    // Refusals come as errors; only help that somebody did not ask for is written here.
    writeErr: (text) => stderr.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => stdout.columns,
    getErrHelpWidth: () => stderr.columns,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
}

/** What commander says, as a sentence of ours. */
function messageOf({ message }: CommanderError): string {
  const text = message.replace(/^error: /, '').replace(/\n\((.+)\)$/, '. $1');
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}

function examplesOf({ examples }: Command): string {
  const texts = examples.map(({ what, line }) => `  ${what}\n    ${line}`);
  return `\nExamples:\n${texts.join('\n')}`;
}

const programNotes = `
Every command takes --json, --stack and --help. A store is the path of a file, sqlite:FILE, redis://… or
postgres://…; RUNAFTER_STORE names one for all commands.

Exit codes:
  0  the run Succeeded, or the command did what it was asked for
  1  the run ended Failed, TimedOut or Cancelled
  2  the command line, the workflow's file or the input cannot be used
  3  the store or this machine is in the way
  4  the run has not ended: suspended, or another process works on it
  130  ended by a second Ctrl-C

Examples:
  runafter run orders.ts --input '{"sku":"A-17"}' --store runs.db
  runafter why RUN --store runs.db
  runafter describe orders.ts --format mermaid`;
