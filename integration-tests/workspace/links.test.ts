/** A link to a file of the workspace leads somewhere. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/workspace.ts';

const pages = globSync('{*,.changeset/*,{docs,packages,examples,benchmarks,scripts}/**/*}.md', {
  cwd: root,
  exclude: ['**/node_modules/**'],
});

describe.each(pages.sort())('%s', (page) => {
  it('links only to files that exist', () => {
    const text = readFileSync(join(root, page), 'utf8');
    const folder = join(root, dirname(page));
    expect(localLinks(text).filter((link) => !existsSync(resolve(folder, link)))).toEqual([]);
  });

  it('links only to headings that exist', () => {
    const text = readFileSync(join(root, page), 'utf8');
    const folder = join(root, dirname(page));
    const broken = headingLinks(text).filter(([file, heading]) => {
      const target = file === '' ? join(root, page) : resolve(folder, file);
      return target.endsWith('.md') && existsSync(target) && !headingsOf(target).has(heading);
    });
    expect(broken).toEqual([]);
  });
});

/** The links without what names a place on the page. */
function localLinks(text: string): string[] {
  return links(text)
    .map((link) => link.replace(/#.*$/, ''))
    .filter((link) => link !== '');
}

function headingLinks(text: string): [file: string, heading: string][] {
  return links(text).flatMap((link) => {
    const [file = '', heading] = link.split('#');
    return heading === undefined ? [] : [[file, heading] as [string, string]];
  });
}

/** `[text](target)` outside of code, without those that lead to the web. */
function links(text: string): string[] {
  const prose = text.replaceAll(/^\s*(```|~~~)[\s\S]*?^\s*\1/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The names that a page's headings have as link targets. */
function headingsOf(page: string): Set<string> {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
