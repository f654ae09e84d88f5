/**
 * Mermaid's diagrams as SVG, drawn while the site is built: nothing to download, nothing that jumps.
 * theme/diagrams.css has their colours, which are the theme's, light or dark.
 * @module
 */
import { createHash } from 'node:crypto';
import { renderMermaidSVG } from 'beautiful-mermaid';
import type { MarkdownRenderer } from 'vitepress';

/** A plugin for markdown-it. */
export function drawDiagrams(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, at, options, env, self) => {
    const token = tokens[at];
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, at, options, env, self) ?? '';
    return `<figure class="diagram" v-pre tabindex="0" role="img" aria-label="${labelOf(token.content)}">${draw(token.content)}</figure>\n`;
  };
}

function draw(source: string): string {
  const svg = renderMermaidSVG(source, { transparent: true });
  const [, width = '0'] = /\swidth="([\d.]+)"/.exec(svg) ?? [];
  // Two diagrams on a page must not share their arrowheads' names.
  const id = createHash('sha256').update(source).digest('hex').slice(0, 8);
  return (
    svg
      .replace(/<style>[\s\S]*?<\/style>/, '')
      .replace(
        /\sstyle="--bg[^"]*"/,
        ` style="min-width: min(${Math.round(Number(width))}px, 900px)"`,
      )
      .replaceAll(/\b(id="|url\(#)(arrowhead)/g, `$1${id}-$2`)
      // Blank lines would end the HTML block.
      .replaceAll(/\n\s*\n/g, '\n')
  );
}

/** Each arrow as words, for those who do not see it. */
function labelOf(source: string): string {
  const names = new Map(
    [...source.matchAll(/(\w[\w-]*)[[({]+"?([^\]"})]+)"?[\])}]+/g)].map(([, id, name]) => [
      id,
      name,
    ]),
  );
  const bare = source.replaceAll(/(\w[\w-]*)[[({]+"?[^\]"})]+"?[\])}]+/g, '$1');
  const arrows = bare.split('\n').flatMap((line) => {
    const ids = line.split(/\s*-[-.].*?->\s*|\s*-->(?:\|[^|]*\|)?\s*/).map((id) => id.trim());
    return ids.slice(1).map((to, from) => `${name(ids[from])} to ${name(to)}`);
  });
  return `Diagram: ${arrows.join('; ')}`.replaceAll('"', '&quot;');

  function name(id: string | undefined): string {
    return names.get(id) ?? id ?? '';
  }
}
