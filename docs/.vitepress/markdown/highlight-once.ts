/**
 * A block of code is coloured once, although its page is rendered for the browser, for the server and for
 * searching: colouring is most of what building the site takes.
 * @module
 */
import type { MarkdownRenderer } from 'vitepress';

const known = new Map<string, string>();

/** A plugin for markdown-it. */
export function highlightOnce(md: MarkdownRenderer): void {
  const { highlight } = md.options;
  if (typeof highlight !== 'function') return;
  md.options.highlight = (code, language, attributes) => {
    const key = JSON.stringify([language, attributes, code]);
    const text = known.get(key) ?? highlight(code, language, attributes);
    known.set(key, text);
    return text;
  };
}
