/**
 * What can be wrong with a plan.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `PLAN_INVALID`: something in a plan makes no sense, or does not fit the workflow. */
export class PlanError extends RunafterError {
  /** Where it is: `actions["Orders/Update"].calls`. */
  readonly place: string;

  /** @param problem - what it is, and what to write instead, as sentences. */
  constructor(place: string, problem: string, options?: { readonly cause?: unknown }) {
    super('PLAN_INVALID', `The plan's ${place} ${problem}`, options);
    this.place = place;
  }
}

/** `PLAN_INCOMPLETE`: nobody has said how long something takes, or how many items there are. */
export class PlanIncompleteError extends RunafterError {
  /** Address, and the fact that is missing of it. */
  readonly missing: Readonly<Record<string, 'duration' | 'items'>>;

  constructor(missing: Readonly<Record<string, 'duration' | 'items'>>) {
    const entries = Object.entries(missing);
    const wanted = entries.map(([address, fact]) => [address, { [fact]: examples[fact] }]);
    super(
      'PLAN_INCOMPLETE',
      `The plan does not say ${listed(entries)}. Add what is known, such as\n` +
        JSON.stringify({ actions: Object.fromEntries(wanted) }, null, 2),
    );
    this.missing = missing;
  }
}

const examples = { duration: '2s', items: 100 } as const;

function listed(entries: readonly (readonly [string, 'duration' | 'items'])[]): string {
  const [first, ...others] = entries.map(([address, fact]) =>
    fact === 'items' ? `how many items "${address}" has` : `how long "${address}" takes`,
  );
  return others.length === 0 ? `${first}` : `${first}, and ${others.length} more`;
}
