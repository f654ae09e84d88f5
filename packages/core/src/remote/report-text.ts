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
import type { Report } from '../engine/handlers/report.ts';
import { errorOf } from '../engine/records/secure.ts';

/** @param path - what errors call the action. */
export async function reportText(
  report: Report,
  { node, path }: { readonly node: ActionNode; readonly path: string },
  sealing: Sealing,
): Promise<string> {
  const what = `The output of "${path}"`;
  const isWithheld = isSecureNode(node) && !sealing.hasCipher;
  const told = isWithheld ? withoutSecrets(report, node, path) : report;
  return await sealing.encrypt(encoded(told, sealing, what), true, what);
}

function encoded(report: Report, sealing: Sealing, what: string): string {
  try {
    return sealing.limited(report, what);
  } catch {
    return sealing.whole(report.failure ? inShort(report) : refused(report, sealing, what), what);
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
function inShort(report: Report): Report {
  if (report.failure === undefined) return report;
  const { code, message } = toFault(report.failure.thrown);
  return failedWith({ code, message }, report);
}

/** Records show nothing of it, and nobody is handed it: a run that hands it on must have a cipher. */
function withoutSecrets(report: Report, node: ActionNode, path: string): Report {
  const { took, payloadBytes, failure } = report;
  if (failure !== undefined) return failedWith(errorOf(failure.thrown, node, path), report);
  return { took, ...(payloadBytes !== undefined && { payloadBytes }) };
}

function failedWith({ code, message }: { code: string; message: string }, report: Report): Report {
  const { took, failure = { isRetryable: false } } = report;
  return { took, failure: { ...failure, thrown: Object.assign(new Error(message), { code }) } };
}
