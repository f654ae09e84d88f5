/**
 * A line above each quoted program: which file it is from, and that it runs in CI.
 * @module
 */
import { relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { targetOf } from '../../../scripts/docs/page-links.ts';
import { addressOf } from '../../../scripts/docs/pages.ts';
import { root } from '../../../scripts/workspace.ts';

/** A plugin for markdown-it. */
export function nameSources(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, at, options, env, self) => {
    const block = fence?.(tokens, at, options, env, self) ?? '';
    const [, quoted] = /\sfile=([^\s#]+)/.exec(tokens[at]?.info ?? '') ?? [];
    if (quoted === undefined) return block;
    const target = targetOf(relative(root, env.realPath ?? env.path), quoted);
    if (target.kind !== 'file') return block;
    return (
      `<div class="quote"><p class="quote-source"><a href="${addressOf(target.file)}" target="_self">${target.file}</a>` +
      `<span>runs in CI</span></p>${block}</div>\n`
    );
  };
}
