/**
 * What searching looks through, and what it finds first. Of the API reference that is each name with its
 * description, because the tables below are the same words over and over.
 * @module
 */
import type { MarkdownEnv, MarkdownRenderer } from 'vitepress';

/** What VitePress calls to get the HTML that it indexes. */
export function textForSearch(text: string, env: MarkdownEnv, md: MarkdownRenderer): string {
  const [description = text] = env.relativePath.startsWith('api/')
    ? text.split(/^## /m, 1)
    : [text];
  const html = md.render(description, env);
  return env.frontmatter?.search === false ? '' : html;
}

/**
 * How much a place counts for: what explains goes before what lists, and that before what was measured.
 * VitePress sends the text of this function to the browser, so it uses nothing from around it.
 *
 * @param place - the address of a heading, such as `/concepts/locks#fencing`.
 */
export function weightInSearch(place: string): number {
  if (
    /^\/(start|symptoms|from-power-automate|durable-runs|distributed|concepts|cookbook)\b/.test(
      place,
    )
  )
    return 3;
  if (/^\/errors\//.test(place)) return 2;
  if (/^\/(api|benchmarks|integration-tests|scripts|contributing|architecture)\b/.test(place))
    return 0.4;
  return 1;
}
