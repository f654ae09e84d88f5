/**
 * What searching looks through: all pages but the sources, and of the API reference each name with its
 * description, because the tables below are the same words over and over.
 * @module
 */
import type { MarkdownEnv, MarkdownRenderer } from 'vitepress';

/** What VitePress calls to get the HTML that it indexes. */
export function textForSearch(text: string, env: MarkdownEnv, md: MarkdownRenderer): string {
  if (env.relativePath.startsWith('source/')) return '';
  const [description = text] = env.relativePath.startsWith('api/')
    ? text.split(/^## /m, 1)
    : [text];
  const html = md.render(description, env);
  return env.frontmatter?.search === false ? '' : html;
}
