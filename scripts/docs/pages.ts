/**
 * Which files are pages of the documentation site, and the address of each.
 *
 * Invariant: the address follows from the file's name alone, so a link that works in the repository leads to
 * the same page on the site. Read next: page-links.ts, which finds links and checks them.
 * @module
 */
import { globSync } from 'node:fs';
import { basename, dirname, join, matchesGlob } from 'node:path';
import { root } from '../workspace.ts';

/** Markdown that is no page: the site has a first page of its own, and the rest is for tools and reviews. */
export const notPages: readonly string[] = [
  'README.md',
  '.changeset/**',
  'packages/*/api.md',
  '**/test/**',
];

const generated = 'docs/{api,errors}/**';

/** Files that the site has as they are, at its root. */
const publicFolder = 'docs/public/';

/** Every page that somebody wrote, relative to the root, sorted. */
export function writtenPages(workspace: string = root): string[] {
  return globSync('{*,{docs,packages,examples,integration-tests,benchmarks,scripts}/**/*}.md', {
    cwd: workspace,
    exclude: ['**/node_modules/**', ...notPages, generated],
  }).sort();
}

/** Whether a file, relative to the root, is a page of the site. */
export function isPage(file: string): boolean {
  return file.endsWith('.md') && !notPages.some((pattern) => matchesGlob(file, pattern));
}

/**
 * The address of a page on the site, as a path to a Markdown file: what VitePress calls a rewrite.
 *
 * @example
 * rewrite('docs/ARCHITECTURE.md'); // architecture.md
 * rewrite('packages/lock/README.md'); // packages/lock/index.md
 */
export function rewrite(file: string): string {
  const place = file.replace(/^docs\//, '');
  const name = basename(place);
  if (name === 'README.md') return join(dirname(place), 'index.md');
  // Names that stand out in a folder are shouted; addresses need not be. Error codes are what they are.
  return place.startsWith('errors/') || /[a-z]/.test(name.replace(/\.md$/, ''))
    ? place
    : join(dirname(place), name.toLowerCase());
}

/** Whether a file or folder, relative to the root, is shown as it stands, because it is neither page nor picture. */
export function isSource(file: string): boolean {
  return file !== '' && file !== 'README.md' && !isPage(file) && !file.startsWith(publicFolder);
}

/** The address of a file or folder on the site: a page, or its source as it stands. */
export function addressOf(file: string): string {
  if (file === '' || file === 'README.md') return '/';
  if (file.startsWith(publicFolder)) return `/${file.slice(publicFolder.length)}`;
  // A dot would make it the address of a file, and not of a page.
  if (isSource(file)) return `/source/${file.replaceAll('.', '-')}`;
  return `/${rewrite(file)}`.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '');
}
