/**
 * From a view to the page: one HTML file that needs nothing else.
 *
 * Invariant: the page asks the network for nothing. Its policy allows the one script and the one style
 * sheet that are in it, by their hashes, and no request of any kind. Read next: html.ts, which keeps
 * what a run said from becoming markup.
 * @module
 */
import { createHash } from 'node:crypto';
import { clientBundle } from '#client';
import type { RunView } from '../view/run-view.ts';
import { embeddedJson } from './embedded-json.ts';
import type { Level } from './graph/box.ts';
import { boxGraph } from './graph/box-graph.ts';
import { boxName } from './graph/box-text.ts';
import { foldBoxes } from './graph/fold-boxes.ts';
import { layoutGraph } from './graph/layout-graph.ts';
import { Html, html } from './html.ts';
import type { BoxMeaning, PageData } from './page-data.ts';
import { findingsSection } from './sections/findings-section.ts';
import { graphSection } from './sections/graph-section.ts';
import { headerSection } from './sections/header-section.ts';
import { tableSections } from './sections/table-sections.ts';
import { timelineSection } from './sections/timeline-section.ts';
import { statusSymbols } from './status-icons.ts';
import { statusWords } from './view-status.ts';

/** How a page is made. */
export interface RenderOptions {
  /**
   * Boxes that the graph may have. Alike siblings share one; where there are still more, what is deepest
   * inside is folded first. Default 300.
   */
  readonly maxBoxes?: number | undefined;
}

/**
 * Draws a run as one HTML file: its graph, its times, what they say, and tables to search.
 *
 * The file opens without a server and without a network, on paper, too. With 10,000 executions it has
 * about 4 MB.
 *
 * @param view - what is to be drawn; nothing else comes into the page.
 * @returns the text of the file, in UTF-8.
 * @example
 * await writeFile('run.html', await renderReport(view));
 */
export async function renderReport(view: RunView, options: RenderOptions = {}): Promise<string> {
  const { maxBoxes = 300 } = options;
  const { level, left } = foldBoxes(boxGraph(view), maxBoxes);
  const graph = await layoutGraph(level);
  const data: PageData = { view, boxes: Object.fromEntries(meanings(level)) };
  const { script, style } = clientBundle();
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${view.workflow}: ${statusWords(view.status)} · ${view.runId}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
${statusSymbols()}
${headerSection(view)}
<main>
${graphSection(graph, left, view)}
${timelineSection(view)}
${findingsSection(view)}
${tableSections(view)}
</main>
<script type="application/json" id="page-data">${embeddedJson(data)}</script>
<script>${new Html(script.replaceAll('</script', '<\\/script'))}</script>
</body>
</html>
`;
  return page.text;
}

function policy(script: string, style: string): string {
  return [
    `default-src 'none'`,
    `script-src '${hashOf(script.replaceAll('</script', '<\\/script'))}'`,
    `style-src '${hashOf(style)}'`,
    `img-src data:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function* meanings({ boxes }: Level): Generator<[string, BoxMeaning]> {
  for (const box of boxes) {
    const addresses = box.nodes.map(({ address }) => address);
    yield [box.id, { label: boxName(box), addresses }];
    yield* meanings(box.inside);
  }
}
