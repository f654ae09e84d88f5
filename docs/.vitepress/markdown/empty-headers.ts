/**
 * A column without a title has no header cell: a screen reader would announce one and have nothing to say.
 * @module
 */
import type { MarkdownRenderer } from 'vitepress';

/** A plugin for markdown-it. */
export function keepEmptyHeadersQuiet(md: MarkdownRenderer): void {
  md.core.ruler.push('empty-headers', ({ tokens }) => {
    for (const [at, token] of tokens.entries()) {
      if (token.type !== 'th_open' || tokens[at + 1]?.content !== '') continue;
      token.tag = 'td';
      const end = tokens[at + 2];
      if (end?.type === 'th_close') end.tag = 'td';
    }
  });
}
