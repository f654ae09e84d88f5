/**
 * What stands above and beside the pages. It follows from the folders, so that a new page is there by itself:
 * its name is its heading, its place the `order` of its frontmatter. The cookbook has the groups of its README.
 * @module
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { errorCodes } from '../../../packages/errors/src/index.ts';
import { addressOf } from '../../../scripts/docs/pages.ts';
import { readPackages, root } from '../../../scripts/workspace.ts';
import { entryPoints } from '../api/entry-points.mjs';
import { packageGroups } from './package-groups.ts';

type Item = DefaultTheme.SidebarItem;

/** The bar above all pages. */
export function nav(): DefaultTheme.NavItem[] {
  return [
    { text: 'Start', link: '/start', activeMatch: '^/start' },
    { text: 'Concepts', link: '/concepts/', activeMatch: '^/concepts/' },
    { text: 'Cookbook', link: '/cookbook/', activeMatch: '^/cookbook/' },
    { text: 'Symptoms', link: '/symptoms', activeMatch: '^/symptoms' },
    {
      text: 'Reference',
      activeMatch: '^/(packages|api|errors)/',
      items: [
        { text: 'Packages', link: '/packages/' },
        { text: 'API', link: '/api/' },
        { text: 'Error codes', link: '/errors/' },
      ],
    },
    {
      text: 'More',
      items: [
        { text: 'Architecture', link: '/architecture' },
        { text: 'Comparisons', link: '/comparisons/' },
        { text: 'Contributing', link: '/contributing' },
      ],
    },
  ];
}

/** The list beside a page, by the beginning of the page's address. */
export function sidebar(): DefaultTheme.SidebarMulti {
  return {
    '/': guide(),
    '/cookbook/': cookbook(),
    '/packages/': packages(),
    '/api/': api(),
    '/errors/': errors(),
  };
}

function guide(): Item[] {
  return [
    {
      text: 'Begin',
      items: [
        ...pagesIn('docs/{start,symptoms,from-power-automate}.md'),
        { text: 'Cookbook', link: '/cookbook/' },
      ],
    },
    { text: 'Concepts', items: pagesIn('docs/concepts/*.md') },
    { text: 'Beyond one process', items: pagesIn('docs/{durable-runs,distributed}.md') },
    { text: 'Comparisons', items: pagesIn('docs/comparisons/*.md') },
    {
      text: 'Under the hood',
      items: [
        ...pagesIn('docs/ARCHITECTURE.md'),
        ...pagesIn('docs/add-a-driver.md'),
        ...pagesIn('{CONTRIBUTING,SECURITY}.md'),
        ...pagesIn('scripts/README.md'),
      ],
    },
    { text: 'Examples', items: pagesIn('examples/*/README.md') },
    {
      text: 'Measured and proved',
      items: pagesIn('{benchmarks/*,integration-tests/*/README}.md'),
    },
  ];
}

function cookbook(): Item[] {
  const groups: { text: string; items: Item[] }[] = [];
  for (const line of read('docs/cookbook/README.md').split('\n')) {
    const group = /^## (.+)$/.exec(line)?.[1];
    if (group !== undefined) groups.push({ text: group, items: [] });
    const [, text, file] = /^\| \[([^\]]+)\]\(([\w-]+\.md)\)/.exec(line) ?? [];
    if (text !== undefined && file !== undefined) {
      groups.at(-1)?.items.push({ text, link: addressOf(`docs/cookbook/${file}`) });
    }
  }
  return [{ text: 'Cookbook', link: '/cookbook/' }, ...groups];
}

function packages(): Item[] {
  return [
    { text: 'Packages', link: '/packages/' },
    ...packageGroups().map(({ title, folders }) => ({
      text: title,
      items: folders.map((folder) => ({ text: folder, link: `/packages/${folder}/` })),
    })),
  ];
}

function api(): Item[] {
  return [
    { text: 'API', link: '/api/' },
    ...packageGroups().map(({ title, folders }) => ({
      text: title,
      items: folders.flatMap((folder) =>
        entryPoints
          .filter(({ name }) => name === folder || name.startsWith(`${folder}/`))
          .map(({ name }) => ({ text: name, link: `/api/${name}/` })),
      ),
    })),
  ];
}

function errors(): Item[] {
  const groups = readPackages().map(({ folder, manifest }) => ({
    text: folder,
    items: Object.entries(errorCodes)
      .filter(([, entry]) => entry.package === manifest.name)
      .map(([code]) => ({ text: code, link: `/errors/${code}` })),
  }));
  return [
    { text: 'Error codes', link: '/errors/' },
    ...groups.filter(({ items }) => items.length > 0),
  ];
}

/** Pages by `order`, then by address; a README comes first. */
function pagesIn(pattern: string): Item[] {
  return globSync(pattern, { cwd: root })
    .map((file) => {
      const text = read(file);
      const [, order = 'Infinity'] =
        /^---\n[\s\S]*?^order: *([\d.]+)$[\s\S]*?^---$/m.exec(text) ?? [];
      const [, title = dirname(file)] = /^# (.+)$/m.exec(text) ?? [];
      const isFirst = file.endsWith('README.md') && dirname(pattern) === dirname(file);
      return {
        text: title.replaceAll('`', ''),
        link: addressOf(file),
        order: isFirst ? -1 : Number(order),
      };
    })
    .sort((a, b) => a.order - b.order || (a.link < b.link ? -1 : 1))
    .map(({ text, link }) => ({ text, link }));
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
