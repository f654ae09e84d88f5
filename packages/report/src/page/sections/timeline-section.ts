/**
 * The frame of the timeline; client/gantt fills it.
 * @module
 */
import type { RunView } from '../../view/run-view.ts';
import { type Html, html } from '../html.ts';
import { waitWords } from '../wait-words.ts';
import { highlightSwitches, zoomButtons } from './toolbar.ts';

export function timelineSection({ executions, left }: RunView): Html {
  const waits = new Set(executions.flatMap((execution) => execution.waits.map((wait) => wait.for)));
  const hasFailed = executions.some(({ attempts }) => attempts.some(({ error }) => error));
  const shown = (Object.keys(waitWords) as (keyof typeof waitWords)[]).filter((wait) =>
    waits.has(wait),
  );
  return html`<section class="card" id="timeline-section" aria-labelledby="timeline-title">
  <div class="head">
    <h2 id="timeline-title">Timeline</h2>
    <div class="tools" data-script>${highlightSwitches('timeline')}${zoomButtons('timeline')}</div>
  </div>
  <p class="hint" id="timeline-keys" data-script>Up and down go through the rows, right and left open and close them, Enter goes through the executions of a row. Plus and minus zoom, shift with right and left pans, 0 shows all. With the mouse: the wheel with ctrl, and dragging.</p>
  <div class="chip-row" data-filter-chip></div>
  <div class="timeline" id="timeline" data-script>
    <div class="timeline-head"><span class="corner">since the start</span><svg id="timeline-axis" aria-hidden="true"></svg></div>
    <div class="timeline-body" id="timeline-body">
      <div class="timeline-rows" id="timeline-rows" role="tree" tabindex="0" aria-label="Rows of the timeline" aria-describedby="timeline-keys"></div>
      <canvas id="timeline-bars" aria-hidden="true"></canvas>
    </div>
    <div class="timeline-strip"><span id="strip-busy-label">At once${left > 0 && ' (shown ones)'}</span><canvas id="strip-busy" role="img" aria-labelledby="strip-busy-label"></canvas></div>
    <div class="timeline-strip" id="strip-refused-row"><span id="strip-refused-label">Refused (429)</span><canvas id="strip-refused" role="img" aria-labelledby="strip-refused-label"></canvas></div>
    <div class="tip" id="timeline-tip" hidden></div>
  </div>
  <ul class="legend" aria-label="Legend" data-script>
    <li><canvas class="swatch" data-swatch="handler"></canvas>In a handler</li>
    ${hasFailed && html`<li><canvas class="swatch" data-swatch="failed"></canvas>Failed attempt</li>`}
    ${shown.map((wait) => html`<li><canvas class="swatch" data-swatch="${wait}"></canvas>${waitWords[wait]}</li>`)}
  </ul>
  <div class="inspector" id="inspector" role="region" aria-label="The chosen execution" aria-live="polite" data-script></div>
  <noscript><p class="note">The timeline and the tables need JavaScript, which is in this file and asks for nothing else.</p></noscript>
</section>`;
}
