/**
 * `npm run docs` and `npm run docs:build`: the API reference from the sources, then the site around it.
 *
 * Nothing of it needs a network. What was built is looked through before it counts: every link, every place on a
 * page that a link names, and some pages in a browser. Read next: docs/.vitepress/config.ts, built-site.ts.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../run-program.mjs';
import { root, runTypeScript } from '../workspace.ts';
import { checkBuiltSite } from './built-site.ts';

const docs = join(root, 'docs');
const dist = join(docs, '.vitepress/dist');

/**
 * Serves the site while its pages are written; a change shows at once.
 *
 * @param args - as `vitepress dev` takes them, such as `--port 5000`.
 * @returns an exit code.
 */
export async function serveSite(args: readonly string[]): Promise<number> {
  const code = existsSync(join(docs, 'api/index.md')) ? 0 : await writeApi();
  return code === 0 ? runDocsTool('vitepress', ['dev', '.', ...args]) : code;
}

/** Builds the site into docs/.vitepress/dist. @returns an exit code. */
export async function buildSite(): Promise<number> {
  for (const step of [writeApi, () => runDocsTool('vitepress', ['build', '.'])]) {
    const code = await step();
    if (code !== 0) return code;
  }
  const { pages, links, problems } = checkBuiltSite(dist);
  for (const problem of problems) console.error(problem);
  console.log(`${pages} pages, ${links} links, ${problems.length} of them broken.`);
  return problems.length === 0 ? runTypeScript('integration-tests/docs/look-at-site.ts', []) : 1;
}

function writeApi(): Promise<number> {
  return runDocsTool('typedoc', []);
}

function runDocsTool(tool: string, args: readonly string[]): Promise<number> {
  return runProgram(join(docs, 'node_modules/.bin', tool), args, {
    cwd: docs,
    // Pages become many small objects at once: with more room for young ones, far less time is spent collecting.
    env: { ...process.env, NODE_OPTIONS: '--max-semi-space-size=128' },
  });
}
