/**
 * Links for the site: those that work in the repository lead to the same page, or to the source, and the
 * code of an error, wherever it is named, to what it means.
 * @module
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { describeCode } from '../../../packages/errors/src/index.ts';
import { targetOf } from '../../../scripts/docs/page-links.ts';
import { addressOf } from '../../../scripts/docs/pages.ts';
import { root } from '../../../scripts/workspace.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/** A plugin for markdown-it. */
export function linkWithinSite(md: MarkdownRenderer): void {
  md.core.ruler.push('link-within-site', ({ tokens, env, Token }) => {
    const page = relative(root, env.realPath ?? env.path ?? '');
    for (const [at, token] of tokens.entries()) {
      if (token.type !== 'inline' || token.children === null) continue;
      const isHeading = tokens[at - 1]?.type === 'heading_open';
      let open = 0;
      token.children = token.children.flatMap((child) => {
        if (child.type === 'link_open') {
          open += 1;
          const href = child.attrGet('href');
          if (href !== null) leadTo(child, addressFor(page, href));
        }
        if (child.type === 'link_close') open -= 1;
        const names = child.type === 'code_inline' && describeCode(child.content) !== undefined;
        if (!names || open > 0 || isHeading) return [child];
        const before = new Token('link_open', 'a', 1);
        before.attrSet('href', `/errors/${child.content}`);
        return [before, child, new Token('link_close', 'a', -1)];
      });
    }
  });
}

/** Sources are beside the site: its router has to leave them to the browser. */
function leadTo(link: Token, address: string): void {
  link.attrSet('href', address);
  if (address.startsWith('/source/')) link.attrSet('target', '_self');
}

/** @param page - relative to the root. */
function addressFor(page: string, href: string): string {
  const target = targetOf(page, href);
  if (target.kind !== 'file' || !existsSync(join(root, target.file))) return href;
  if (target.file === page && target.heading !== undefined) return `#${target.heading}`;
  const address = addressOf(target.file);
  return target.heading === undefined ? address : `${address}#${target.heading}`;
}
