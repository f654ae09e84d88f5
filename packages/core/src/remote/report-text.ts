/**
 * A report as the store gets it.
 *
 * Invariant: there is one for every attempt. What cannot be told as it is becomes a failure that says so;
 * and what an action with secure values would tell is withheld where nothing can encrypt it.
 * @module
 */
import { toFault } from '@runafter/errors';
import type { ActionNode } from '../definition/definition.ts';
import { isSecureNode, type Sealing } from '../durable/sealing.ts';
import type { Failure, Report } from '../engine/handlers/report.ts';
import { errorOf } from '../engine/records/secure.ts';
import type { ActionError } from '../result.ts';

/** @param path - what errors call the action. */
export async function reportText(
  report: Report,
  { node, path }: { readonly node: ActionNode; readonly path: string },
  sealing: Sealing,
): Promise<string> {
  const what = `The output of "${path}"`;
  const told = sealing.hasCipher ? report : withoutSecrets(report, node, path);
  return await sealing.encrypt(encoded(told, sealing, what), true, what);
}

function encoded(report: Report, sealing: Sealing, what: string): string {
  try {
    return sealing.limited(report, what);
  } catch {
    const { failure } = report;
    return sealing.whole(
      failure === undefined ? refused(report, sealing, what) : inShort(report, failure),
      what,
    );
  }
}

/** An output that cannot be stored, unless it is what stands around it that is too much. */
function refused(report: Report, sealing: Sealing, what: string): Report {
  try {
    sealing.limited(report.output, what);
    return report;
  } catch (thrown) {
    return { took: report.took, failure: { thrown, isRetryable: false } };
  }
}

/** An error that carries what cannot be stored is told by its code and message alone. */
function inShort({ took }: Report, failure: Failure, error: CodedText = toFault(failure.thrown)) {
  const { code, message } = error;
  return { took, failure: { ...failure, thrown: Object.assign(new Error(message), { code }) } };
}

type CodedText = Pick<ActionError, 'code' | 'message'>;

/** Records do not show it, and nobody is handed it: a run that hands it on must have a cipher. */
function withoutSecrets(report: Report, node: ActionNode, path: string): Report {
  const { output, ...others } = report;
  const { failure } = report;
  if (failure !== undefined && isSecureNode(node)) {
    return inShort(report, failure, errorOf(failure.thrown, node, path));
  }
  return node.secureOutputs ? others : report;
}
