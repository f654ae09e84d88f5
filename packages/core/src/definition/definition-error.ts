/**
 * A definition that cannot run is refused where the mistake is, with one error that says what is
 * wrong, where, with which value, and the way out.
 * @module
 */
import { type ErrorCode, RunafterError } from '@runafter/errors';

/** Where in a definition something stands. */
export interface DefinitionPlace {
  /** The workflow's name; absent where it is not known yet. */
  readonly workflow?: string | undefined;
  /** Names down to the action, such as `Orders/Mail`; absent for the workflow itself. */
  readonly path?: string | undefined;
  /** What stands there: `action` (the default), `scope` and so on. */
  readonly kind?: string | undefined;
}

/** What a DefinitionError carries beside its message. */
export interface DefinitionFacts {
  readonly option?: string;
  readonly value?: unknown;
  readonly cause?: unknown;
}

/**
 * A workflow was refused while it was defined. `code` says why and `describeCode(code)` explains it;
 * the message names the workflow, the action and the value.
 */
export class DefinitionError extends RunafterError {
  /** The workflow's name; empty where it is not known. */
  readonly workflow: string;
  /** Names down to the action, such as `Orders/Mail`; empty for the workflow itself. */
  readonly path: string;
  /** The option or the part of the definition that is wrong. */
  readonly option: string | undefined;
  /** The value that was refused. */
  readonly value: unknown;

  /**
   * @param problem - what is wrong and what to do, as sentences; the place is put before it.
   */
  constructor(
    code: ErrorCode | (string & {}),
    place: DefinitionPlace,
    problem: string,
    facts: DefinitionFacts = {},
  ) {
    const where = describePlace(place);
    super(
      code,
      where === '' ? problem : `${where}: ${problem}`,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    );
    this.workflow = place.workflow ?? '';
    this.path = place.path ?? '';
    this.option = facts.option;
    this.value = facts.value;
  }
}

/** `HANDLE_INVALID`: something that is not a handle was used as one. */
export class HandleError extends DefinitionError {
  constructor(problem: string, place: DefinitionPlace = {}, facts: DefinitionFacts = {}) {
    super('HANDLE_INVALID', place, problem, facts);
  }
}

function describePlace({ workflow, path, kind = 'action' }: DefinitionPlace): string {
  const parts: string[] = [];
  if (workflow) parts.push(`workflow "${workflow}"`);
  if (path) parts.push(`${kind} "${path}"`);
  const where = parts.join(', ');
  return where.charAt(0).toUpperCase() + where.slice(1);
}
