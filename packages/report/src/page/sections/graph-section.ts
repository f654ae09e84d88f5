/**
 * The graph of the definition, and what can be switched in it.
 * @module
 */
import type { RunView } from '../../view/run-view.ts';
import { formatCount, formatPlural } from '../format.ts';
import { graphSvg } from '../graph/graph-svg.ts';
import type { PlacedLevel } from '../graph/layout-graph.ts';
import { type Html, html } from '../html.ts';
import { highlightSwitches, zoomButtons } from './toolbar.ts';

/** @param left - nodes of the definition for which there was no room. */
export function graphSection(graph: PlacedLevel, left: number, { nodes, workflow }: RunView): Html {
  const label = `Graph of ${workflow}, ${formatPlural(nodes.length, 'node')}`;
  return html`<section class="card" id="graph-section" aria-labelledby="graph-title">
  <div class="head">
    <h2 id="graph-title">Graph</h2>
    <div class="tools" data-script>${highlightSwitches('graph')}${zoomButtons('graph')}</div>
  </div>
  ${
    left > 0 &&
    html`<p class="note">The definition has ${formatCount(nodes.length)} nodes. ${formatCount(nodes.length - left)} are drawn; the others are inside of boxes that say so, or come behind them. The table of the definition has them all.</p>`
  }
  <p class="hint" id="graph-keys" data-script>A click on a box, or Enter, shows only its executions below. The arrow keys go from box to box.</p>
  <div class="graph-frame">${graphSvg(graph, label)}</div>
</section>`;
}
