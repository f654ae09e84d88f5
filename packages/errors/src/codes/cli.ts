/** The codes of `@runafter/cli`. */

export const cliCodes = {
  CLI_USAGE: {
    package: '@runafter/cli',
    title: 'The command line cannot be understood.',
    why: 'A command or an option does not exist, a value is missing or is not of its kind, or two options exclude each other.',
    fix: 'Correct what the message names. `runafter COMMAND --help` shows what the command takes, with examples.',
  },
  CLI_INPUT_INVALID: {
    package: '@runafter/cli',
    title: 'The input of the run is not JSON, or its file cannot be read.',
    why: '`--input` takes JSON, `@` and the name of a file with JSON, or `-` for JSON on the standard input.',
    fix: 'Put JSON between single quotes, so that the shell leaves it alone: `--input \'{"sku":"A-17"}\'`. Or write it to a file and pass `--input @order.json`.',
  },
  CLI_ENVIRONMENT: {
    package: '@runafter/cli',
    title: 'Something on this machine is in the way of the command.',
    why: 'A package that the command needs is not installed beside your program, or a file cannot be written.',
    fix: 'Do what the message says: install the package that it names, or name a file in a folder that may be written to.',
  },
  WORKFLOW_FILE_FAILED: {
    package: '@runafter/cli',
    title: 'The file of a workflow cannot be imported.',
    why: 'It does not exist, one of its imports does not, it has syntax that Node does not run, or its own code throws while it is imported.',
    fix: 'Correct what the message names; `--stack` shows the line. Node runs TypeScript by leaving the types out: write imports with their extension (`./order.ts`), types with `import type`, and neither enums nor parameter properties. JSX and path aliases need a build: name the file that it writes.',
  },
  WORKFLOW_NOT_EXPORTED: {
    package: '@runafter/cli',
    title: 'The file does not export the workflow that was asked for.',
    why: 'Nothing that the file exports is a workflow, several are and none was named, or none has the name.',
    fix: 'Export what `workflow()` or `defineWorkflow()` returned. Name one of several: `orders.ts#fulfilOrder` by its export, or `--workflow Fulfil_Order` by its own name.',
  },
  CLI_STORE_REQUIRED: {
    package: '@runafter/cli',
    title: 'The command needs to know in which store the runs are.',
    why: 'Neither `--store` nor the environment variable `RUNAFTER_STORE` is there.',
    fix: 'Pass one: `--store runs.db`, `--store redis://localhost:6379` or `--store postgres://localhost/app`; or set RUNAFTER_STORE once.',
  },
  CLI_STORE_INVALID: {
    package: '@runafter/cli',
    title: 'The URL of a store cannot be used.',
    why: 'Its scheme is none of those that keep runs, or a part of it makes no sense.',
    fix: 'Pass the path of a file or `sqlite:FILE`, `redis://…` or `rediss://…`, `postgres://…` or `postgresql://…`.',
  },
};
