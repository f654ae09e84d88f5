/**
 * HTML as a template: what is put in is escaped unless it is HTML itself.
 *
 * Invariant: a string of a run, such as an error's message, can only become text. Markup comes from
 * templates in this package's sources and from nowhere else.
 * @module
 */

/** Markup that is safe to put into a page. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: lists are joined, undefined and false leave nothing. */
export type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[];

/**
 * Makes markup, and escapes each string in it, so that it may stand between tags and in quoted attributes.
 *
 * @example
 * html`<p title="${name}">${message}</p>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(textOf)));
}

/** Text as it may stand between tags and in quoted attributes. */
function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] as string);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(part: HtmlPart): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return escapeText(String(part));
}
