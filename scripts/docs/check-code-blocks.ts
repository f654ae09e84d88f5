/**
 * Type-checks the TypeScript on every page: what people copy has to compile.
 *
 * Invariant: all pages are one project of the compiler, so checking them takes as long as reading the
 * packages once. Read next: code-blocks.ts for what becomes of a page, docs/code-blocks/ for the preludes.
 * @module
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { captureProgram } from '../run-program.mjs';
import { root } from '../workspace.ts';
import { findCodeBlocks, type PageModule, type Prelude, toModule } from './code-blocks.ts';

/** Among what is installed, where no other check looks. The packages are found as docs/ finds them. */
const folder = join(root, 'docs/node_modules/.cache/code-blocks');
const preludes = join(root, 'docs/code-blocks');

/** What checking has found. */
export interface CodeBlockReport {
  /** One line for each error: the page, its line, and what the compiler says. */
  readonly problems: readonly string[];
  readonly checked: number;
  /** The blocks that say `no-check`, with the reason. */
  readonly unchecked: readonly { readonly place: string; readonly reason: string }[];
}

/**
 * Checks the blocks of pages.
 *
 * @param pages - their texts by their paths, relative to the root; what users read unless given.
 */
export async function checkCodeBlocks(
  pages: ReadonlyMap<string, string> = readPages(),
): Promise<CodeBlockReport> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const modules = new Map<string, { page: string; module: PageModule }>();
  const unchecked: { place: string; reason: string }[] = [];
  let checked = 0;
  for (const [page, text] of pages) {
    const blocks = findCodeBlocks(text);
    for (const { firstLine, unchecked: reason } of blocks) {
      if (reason === undefined) checked += 1;
      else unchecked.push({ place: `${page}:${firstLine - 1}`, reason });
    }
    const slug = slugOf(page);
    const module = toModule(blocks, preludesFor(slug));
    writeFileSync(join(folder, `${slug}.ts`), `${module.text}\n`);
    modules.set(`${slug}.ts`, { page, module });
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project([...modules.keys()])));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { code, stdout } = await captureProgram(tsc, ['--project', folder, '--pretty', 'false'], {
    cwd: folder,
  });
  const problems = stdout.split('\n').flatMap((line) => describe(line, modules));
  if (code !== 0 && problems.length === 0) problems.push(stdout);
  return { problems, checked, unchecked };
}

/** The pages that users read, by their paths. */
export function readPages(): Map<string, string> {
  const pages = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', 'packages/*/README.md'], {
    cwd: root,
    exclude: ['**/node_modules/**', 'docs/{api,errors}/**'],
  });
  return new Map(pages.sort().map((page) => [page, readFileSync(join(root, page), 'utf8')]));
}

/** `packages/lock/README.md` is `packages-lock`. */
function slugOf(page: string): string {
  const path = page.replace(/\.md$/, '').replace(/\/README$/, '');
  return path.replaceAll('/', '-').toLowerCase();
}

/** The shared one, and the page's own where there is one. */
function preludesFor(slug: string): Prelude[] {
  return ['shared', slug]
    .map((name) => join(preludes, `${name}.ts`))
    .filter((file) => existsSync(file))
    .map((file) => ({
      path: relative(folder, file),
      names: exportsOf(readFileSync(file, 'utf8')),
    }));
}

const declaration =
  /^export (?:declare )?(?:async )?(?:const|function|class|interface|type) (\w+)|^export \{([^}]*)\}/gm;

function exportsOf(prelude: string): string[] {
  return [...prelude.matchAll(declaration)].flatMap(([, name, list]) =>
    name === undefined
      ? (list ?? '')
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean)
      : [name],
  );
}

function project(files: readonly string[]): object {
  return {
    extends: relative(folder, join(root, 'tsconfig.base.json')),
    compilerOptions: {
      lib: ['es2024', 'esnext.disposable'],
      noEmit: true,
      composite: false,
      incremental: false,
      declaration: false,
      declarationMap: false,
      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: true,
      // A page imports what it shows, type or not, and a later block need not use it.
      verbatimModuleSyntax: false,
      tsBuildInfoFile: null,
    },
    files,
  };
}

function describe(
  line: string,
  modules: ReadonlyMap<string, { readonly page: string; readonly module: PageModule }>,
): string[] {
  const [, file = '', number = '', message = ''] =
    /^(.+?)\((\d+),\d+\): (error .*)$/.exec(line) ?? [];
  if (message === '') return [];
  const found = modules.get(file);
  if (found === undefined) return [`${file}:${number} ${message}`];
  const from = found.module.origin[Number(number) - 1];
  return [`${found.page}:${from ?? '?'} ${message}`];
}
