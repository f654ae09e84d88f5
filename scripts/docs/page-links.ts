/**
 * The links of Markdown pages: where they lead, and whether there is something.
 *
 * Links to the web are judged by their form alone, because a check must not depend on other people's servers.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { root } from '../workspace.ts';
import { headingSlug } from './heading-slug.ts';

/** A link as a page writes it. */
export interface PageLink {
  /** As written. */
  readonly text: string;
  /** The line on the page, counted from 1. */
  readonly line: number;
}

/** Finds the links outside of code: `[text](target)`, images, and `<https://…>`. */
export function findLinks(page: string): PageLink[] {
  // What is code is blanked, so that lines keep their numbers.
  const prose = page
    .replaceAll(/^(\s*)(`{3,}|~{3,})[\s\S]*?^\s*\2`*\s*$/gm, blank)
    .replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, blank);
  return [
    ...prose.matchAll(
      /\]\(\s*<?([^()\s>]+(?:\([^()\s]*\)[^()\s]*)?)>?[^()]*\)|<(https?:[^>\s]+)>/g,
    ),
  ].map((found) => ({
    text: found[1] ?? found[2] ?? '',
    line: prose.slice(0, found.index).split('\n').length,
  }));
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}

/** Where a link of a page leads. */
export type LinkTarget =
  | { readonly kind: 'web' }
  | { readonly kind: 'site'; readonly address: string }
  | { readonly kind: 'file'; readonly file: string; readonly heading: string | undefined };

/** @param page - relative to the root, as is the file of the answer. */
export function targetOf(page: string, link: string): LinkTarget {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return { kind: 'web' };
  if (link.startsWith('/')) return { kind: 'site', address: link };
  const [path = '', heading] = link.split('#');
  const file = path === '' ? page : relative(root, resolve(root, dirname(page), path));
  return { kind: 'file', file: decodeURI(file), heading };
}

/**
 * Says what is wrong with the links of a page; nothing when all of them lead somewhere.
 *
 * @param page - relative to the root.
 */
export function brokenLinks(page: string): string[] {
  return findLinks(readFileSync(join(root, page), 'utf8')).flatMap(({ text, line }) => {
    const problem = problemOf(page, text);
    return problem === undefined ? [] : [`${page}:${line} links to ${text}: ${problem}`];
  });
}

function problemOf(page: string, link: string): string | undefined {
  const target = targetOf(page, link);
  if (target.kind === 'web') {
    if (/^mailto:[^@\s]+@[^@\s]+$/.test(link)) return undefined;
    return URL.canParse(link) && /^https?:\/\/[^/]+\.[^/]+/.test(link)
      ? undefined
      : 'this is no address on the web.';
  }
  // What the site alone has, such as the pages of the error codes, the site's own check looks at.
  if (target.kind === 'site') return page.startsWith('docs/') ? undefined : 'begin with ./ or ../';
  const { file, heading } = target;
  const path = join(root, file);
  if (file.startsWith('..') || !existsSync(path)) return `there is no ${file}.`;
  if (heading === undefined || !file.endsWith('.md')) return undefined;
  return headingsOf(path).has(heading) ? undefined : `${file} has no such heading.`;
}

/** The names that the headings of a page have as targets of links. */
function headingsOf(path: string): Set<string> {
  const prose = readFileSync(path, 'utf8').replaceAll(
    /^\s*(`{3,}|~{3,})[\s\S]*?^\s*\1`*\s*$/gm,
    '',
  );
  const slugs = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#+ (.+)$/gm)) {
    const slug = headingSlug(heading);
    let unique = slug;
    for (let copy = 1; slugs.has(unique); copy += 1) unique = `${slug}-${copy}`;
    slugs.add(unique);
  }
  return slugs;
}
