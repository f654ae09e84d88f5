/**
 * What a container kind's `finish` has decided, checked before anything believes it: a kind comes from
 * outside, and a status that does not exist would make a failed run look as if it had Succeeded.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { Verdict } from '../../container-kind.ts';
import { showValue } from '../../definition/rules/show-value.ts';
import type { ActionError } from '../../result.ts';
import { type Status, statuses } from '../../status.ts';

/**
 * What `finish` returned, as a verdict; undefined leaves the decision to the leaf rule.
 *
 * @throws {RunafterError} `CONTAINER_VERDICT_INVALID`
 */
export function checkVerdict(returned: unknown, kind: string, path: string): Verdict | undefined {
  if (returned === undefined) return undefined;
  const status = (returned as { readonly status?: unknown } | null)?.status;
  if (status !== 'Skipped' && statuses.includes(status as Status)) return returned as Verdict;
  const what = status === undefined ? showValue(returned) : `status ${showValue(status)}`;
  throw new RunafterError(
    'CONTAINER_VERDICT_INVALID',
    `finish of the container kind "${kind}" returned ${what} for "${path}". Return undefined, or an ` +
      'object whose status is Succeeded, Failed, TimedOut or Cancelled.',
  );
}

/** Why the container did not succeed, in the words of its kind where it has some. */
export function errorOfVerdict({ status, code, message }: Verdict, path: string): ActionError {
  return {
    code: code ?? 'CONTAINER_FAILED',
    message: message ?? `"${path}" ended ${status}, as its kind has decided.`,
  };
}
