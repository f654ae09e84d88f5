/**
 * The sources that pages link to, each as it stands, so that no link of the repository ends at the site's edge.
 *
 * They are plain HTML beside the site and not pages of VitePress, for which several hundred programs would be as
 * much work as all that somebody wrote. Links to them have a `target`, so that the browser itself follows them.
 * Read next: docs/public/source.css for how they look.
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { findLinks, targetOf } from '../../../scripts/docs/page-links.ts';
import { addressOf, isPage, isSource, writtenPages } from '../../../scripts/docs/pages.ts';
import { findQuotes } from '../../../scripts/recipes/quotes.ts';
import { root } from '../../../scripts/workspace.ts';

/** Writes a page for each file and folder that some page links to. @param outDir - of the site. */
export function writeSourcePages(outDir: string): void {
  for (const [address, file] of sources()) {
    const page = join(outDir, `${address}.html`);
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, htmlOf(file));
  }
}

/** Answers with the same pages while the site is being written: a plugin of Vite. */
export const serveSourcePages = {
  name: 'source-pages',
  configureServer({
    middlewares,
  }: {
    readonly middlewares: { use(handler: Handler): void };
  }): void {
    middlewares.use((request, response, next) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const file = pathname.startsWith('/source/') ? sources().get(pathname) : undefined;
      if (file === undefined) return next();
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(htmlOf(file));
    });
  },
};

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** What is linked to, by its address. */
function sources(): Map<string, string> {
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
  const linked = files.filter((file) => isSource(file) && existsSync(join(root, file)));
  return new Map(linked.sort().map((file) => [addressOf(file), file]));
}

function htmlOf(file: string): string {
  const isFolder = statSync(join(root, file)).isDirectory();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(file)} · runafter</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/source.css">
<script>
// The choice that was made on the site, or else that of the system.
const chosen = localStorage.getItem('vitepress-theme-appearance') ?? 'auto';
const isDark = chosen === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
document.documentElement.classList.toggle('dark', isDark);
</script>
</head>
<body>
<header><a href="/">runafter</a></header>
<main>
<h1>${escapeHtml(file)}</h1>
${isFolder ? listOf(file) : programOf(file)}
</main>
</body>
</html>
`;
}

function programOf(file: string): string {
  const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n');
  const numbers = lines.map((_, at) => at + 1).join('\n');
  return `<div class="program"><pre class="numbers" aria-hidden="true">\n${numbers}</pre><pre tabindex="0">\n<code>${escapeHtml(lines.join('\n'))}</code></pre></div>`;
}

function listOf(folder: string): string {
  const linked = sources();
  const items = readdirSync(join(root, folder))
    .filter((name) => name !== 'node_modules' && name !== 'dist')
    .sort()
    .map((name) => {
      const file = join(folder, name);
      const address = addressOf(file);
      const isThere = linked.has(address) || isPage(file);
      return `<li>${isThere ? `<a href="${escapeHtml(address)}">${escapeHtml(name)}</a>` : escapeHtml(name)}</li>`;
    });
  return `<ul>\n${items.join('\n')}\n</ul>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
