/**
 * What can be wrong before a command has done anything: one class for each thing to do about it.
 * Read next: show-error.ts, which says them, and gives them an exit code.
 * @module
 */
import { RunafterError } from '@runafter/errors';

interface Caused {
  readonly cause?: unknown;
}

/** `CLI_USAGE`: the command line cannot be understood. */
export class UsageError extends RunafterError {
  /** @param message - what is wrong, and what to write instead. */
  constructor(message: string, options?: Caused) {
    super('CLI_USAGE', message, options);
  }
}

/** `CLI_INPUT_INVALID`: the input of the run is not JSON, or cannot be read. */
export class InputError extends RunafterError {
  constructor(message: string, options?: Caused) {
    super('CLI_INPUT_INVALID', message, options);
  }
}

/** `CLI_ENVIRONMENT`: something on this machine is in the way. */
export class EnvironmentError extends RunafterError {
  constructor(message: string, options?: Caused) {
    super('CLI_ENVIRONMENT', message, options);
  }
}

/** `WORKFLOW_FILE_FAILED`: a file cannot be imported. */
export class WorkflowFileError extends RunafterError {
  readonly file: string;

  constructor(file: string, reason: string, options?: Caused) {
    super('WORKFLOW_FILE_FAILED', `${file} cannot be imported. ${reason}`, options);
    this.file = file;
  }
}

/** `WORKFLOW_NOT_EXPORTED`: the file exports no workflow, or not the one that is meant. */
export class WorkflowNotExportedError extends RunafterError {
  readonly file: string;

  constructor(file: string, reason: string) {
    super('WORKFLOW_NOT_EXPORTED', `${file} ${reason}`);
    this.file = file;
  }
}

/** `CLI_STORE_REQUIRED`: nobody has said where the runs are. */
export class StoreRequiredError extends RunafterError {
  constructor() {
    super(
      'CLI_STORE_REQUIRED',
      'There is no store to look into. Pass --store, such as --store runs.db, or set RUNAFTER_STORE.',
    );
  }
}

/** `CLI_STORE_INVALID`: the URL of a store cannot be used. */
export class StoreUrlError extends RunafterError {
  readonly url: string;

  constructor(url: string, reason: string, options?: Caused) {
    super('CLI_STORE_INVALID', `The store ${JSON.stringify(url)} ${reason}`, options);
    this.url = url;
  }
}
