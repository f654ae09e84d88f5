/**
 * The sources that pages link to, each as it stands, so that no link of the repository ends at the site's edge.
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findLinks, targetOf } from '../../../scripts/docs/page-links.ts';
import { addressOf, isPage, sourceSlug, writtenPages } from '../../../scripts/docs/pages.ts';
import { findQuotes } from '../../../scripts/recipes/quotes.ts';
import { root } from '../../../scripts/workspace.ts';

/** A page for each file and folder that some page links to. */
export function sourcePages(): SourcePage[] {
  return linkedSources().map((file) => ({
    params: { path: sourceSlug(file), title: file },
    content: contentOf(file),
  }));
}

export interface SourcePage {
  readonly params: { readonly path: string; readonly title: string };
  /** Markdown. */
  readonly content: string;
}

function linkedSources(): string[] {
  const files = writtenPages().flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = [
      ...findLinks(text).map((link) => link.text),
      ...findQuotes(text).map(({ file }) => file),
    ];
    return links
      .map((link) => targetOf(page, link))
      .flatMap((target) => (target.kind === 'file' ? [target.file] : []));
  });
  return [...new Set(files)]
    .filter(
      (file) =>
        file !== '' && file !== 'README.md' && !isPage(file) && existsSync(join(root, file)),
    )
    .sort();
}

function contentOf(file: string): string {
  return `# ${file}\n\n${statSync(join(root, file)).isDirectory() ? listOf(file) : programOf(file)}\n`;
}

function programOf(file: string): string {
  const text = readFileSync(join(root, file), 'utf8').trimEnd();
  return `\`\`\`\`\`txt:line-numbers\n${text}\n\`\`\`\`\``;
}

function listOf(folder: string): string {
  const linked = new Set(linkedSources());
  return readdirSync(join(root, folder))
    .filter((name) => name !== 'node_modules' && name !== 'dist')
    .sort()
    .map((name) => {
      const file = join(folder, name);
      return linked.has(file) || isPage(file) ? `- [${name}](${addressOf(file)})` : `- ${name}`;
    })
    .join('\n');
}
