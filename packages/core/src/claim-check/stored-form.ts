/**
 * The form in which a text stands in the run store: as it is, or as a reference to its document.
 *
 * Invariant: every text has a form of its own, whatever it says. One that begins as a reference does is
 * kept with a mark before it, so that no user's text is ever taken for one.
 * @module
 */

/** What every form begins with that is not the text itself. */
const mark = 'claim-check:';
const asText = `${mark}text:`;
const asReference = `${mark}document:`;
const asDefinition = `${mark}folder:`;

/** Whether a text stands in the run store just as it is. */
export function isPlain(text: string | undefined): boolean {
  return text === undefined || !text.startsWith(mark);
}

/** The form of a text that is kept in the run store itself. */
export function inlineForm(text: string): string {
  return isPlain(text) ? text : asText + text;
}

/** The form of a text that is kept as a document. */
export function referenceForm(key: string): string {
  return asReference + key;
}

/** The key of the document that a form refers to; undefined where it holds the text itself. */
export function documentKey(form: string): string | undefined {
  return form.startsWith(asReference) ? form.slice(asReference.length) : undefined;
}

/** The text that a form holds itself. */
export function inlineText(form: string): string {
  return form.startsWith(asText) ? form.slice(asText.length) : form;
}

/** The form of a run's definition, which also tells the folder of the run's documents. */
export function definitionForm(folder: string, form: string): string {
  return `${asDefinition}${folder} ${form}`;
}

/** The folder and the form that {@link definitionForm} was given; no folder where it has made none. */
export function partedDefinition(form: string): { folder: string | undefined; form: string } {
  if (!form.startsWith(asDefinition)) return { folder: undefined, form };
  const blank = form.indexOf(' ');
  return { folder: form.slice(asDefinition.length, blank), form: form.slice(blank + 1) };
}
