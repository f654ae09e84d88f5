/**
 * The documentation site. Its pages are the workspace's own: docs/, the READMEs, the code table, what typedoc
 * reads in the sources. None of them is copied, so none of them can be stale.
 *
 * Read next: scripts/docs/pages.ts for the address of a page, navigation/ for what stands beside it,
 * markdown/ for what happens to its text.
 * @module
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vitepress';
import { headingSlug } from '../../scripts/docs/heading-slug.ts';
import { notPages, rewrite } from '../../scripts/docs/pages.ts';
import { drawDiagrams } from './markdown/diagrams.ts';
import { keepEmptyHeadersQuiet } from './markdown/empty-headers.ts';
import { highlightOnce } from './markdown/highlight-once.ts';
import { linkWithinSite } from './markdown/links.ts';
import { nameSources } from './markdown/quotes.ts';
import { textForSearch, weightInSearch } from './markdown/text-for-search.ts';
import { nav, sidebar } from './navigation/navigation.ts';
import { serveSourcePages, writeSourcePages } from './source/source-pages.ts';

const configFile = fileURLToPath(import.meta.url);
const publicFolder = join(import.meta.dirname, '../public');

/** Pages outside of docs/ become programs that import Vue, which docs/ alone depends on. */
const dependenciesOfDocs = {
  name: 'dependencies-of-docs',
  enforce: 'pre' as const,
  resolveId(
    this: { resolve(id: string, importer: string, options: object): Promise<object | null> },
    id: string,
    importer: string | undefined,
  ) {
    const isWanted = /^vue($|\/)/.test(id) && importer?.includes('.md') === true;
    return isWanted ? this.resolve(id, configFile, { skipSelf: true }) : undefined;
  },
};

const config: UserConfig = {
  title: 'runafter',
  titleTemplate: ':title · runafter',
  description:
    'Run work in parallel without losing anything: workflows and safety patterns for TypeScript',
  lang: 'en',
  srcDir: '..',
  srcExclude: [...notPages],
  rewrites: rewrite,
  cleanUrls: true,
  metaChunk: true,
  // The index for searching has its pages in the order in which they were read: one by one, it is always the same.
  buildConcurrency: 1,
  // scripts/docs/built-site.ts looks at every link of what was built, and at the places that they name.
  ignoreDeadLinks: true,
  head: [['link', { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' }]],
  vite: {
    publicDir: publicFolder,
    plugins: [dependenciesOfDocs, serveSourcePages],
    resolve: {
      // VitePress' own first page has no landmark for what it is mainly about.
      alias: [
        { find: /^.*\/VPHome\.vue$/, replacement: join(import.meta.dirname, 'theme/home.vue') },
      ],
    },
    // The index for searching is large, and is loaded when somebody searches.
    build: { chunkSizeWarningLimit: 8_000 },
  },
  buildEnd({ outDir }) {
    // VitePress copies the public folder of `srcDir` only.
    cpSync(publicFolder, outDir, { recursive: true });
    writeSourcePages(outDir);
  },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
    anchor: { slugify: headingSlug },
    config(md) {
      md.use(highlightOnce)
        .use(linkWithinSite)
        .use(drawDiagrams)
        .use(nameSources)
        .use(keepEmptyHeadersQuiet);
    },
  },
  themeConfig: {
    nav: nav(),
    sidebar: sidebar(),
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        _render: textForSearch,
        miniSearch: { searchOptions: { boostDocument: weightInSearch } },
      },
    },
    footer: { message: 'MIT licensed' },
  },
};

export default defineConfig(config);
