/**
 * A text of a run was put into a document, and the document is not there.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `RUN_DOCUMENT_MISSING`: the run store refers to a document that is not there. */
export class RunDocumentMissingError extends RunafterError {
  readonly runId: string;
  /** Which text of the run it is, such as `The output of "Orders[3]/Mail"`. */
  readonly place: string;
  /** The document's key. */
  readonly key: string;
  /** Where it was looked for, such as `Blob container "runs"`. */
  readonly documents: string;

  constructor(runId: string, place: string, key: string, documents: string) {
    super(
      'RUN_DOCUMENT_MISSING',
      `${place} of run "${runId}" is kept as document "${key}" in ${documents}, and there is none. ` +
        'Pass claimCheck() the documents that the run was written with, and let nothing else remove ' +
        'them, such as a lifecycle rule. A run that is just being deleted looks so, too.',
    );
    this.runId = runId;
    this.place = place;
    this.key = key;
    this.documents = documents;
  }
}
