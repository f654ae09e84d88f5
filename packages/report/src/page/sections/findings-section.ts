/**
 * What the times say: the bottleneck, the critical path, what was waited for, and what took unusually long.
 * @module
 */
import type { ExecutionView, RunView } from '../../view/run-view.ts';
import { formatCount, formatDuration } from '../format.ts';
import { type Html, html } from '../html.ts';
import { waitWords } from '../wait-words.ts';

/** Entries of a list; the table of executions has the rest. */
const longestList = 10;

export function findingsSection(view: RunView): Html {
  const findings = [bottleneck(view), waited(view), outliers(view), criticalPath(view)];
  return html`<section id="findings-section" aria-labelledby="findings-title">
  <h2 id="findings-title">Findings</h2>
  <div class="findings">${findings.filter((finding) => finding !== undefined)}</div>
</section>`;
}

function bottleneck({ status, analysis }: RunView): Html | undefined {
  const { bottleneck, makespan } = analysis;
  if (bottleneck === undefined) return undefined;
  const { address, onPath, without } = bottleneck;
  const share = makespan > 0 ? Math.round((without / makespan) * 100) : 0;
  return html`<article class="card">
    <h3>Bottleneck</h3>
    <p><code>${address}</code> took ${formatDuration(onPath)} of the critical path.</p>
    <p class="large">${formatDuration(without)}</p>
    <p>is what the run would ${status === 'Running' ? 'have taken so far' : 'take'} if it took no time at all: ${share} % of ${formatDuration(makespan)}.</p>
    <div class="meter" aria-hidden="true"><svg viewBox="0 0 100 6" preserveAspectRatio="none"><rect class="track" width="100" height="6"/><rect class="value" width="${share}" height="6"/></svg></div>
  </article>`;
}

function waited({ analysis: { waited } }: RunView): Html | undefined {
  const sums = Object.entries(waited)
    .filter(([, sum]) => sum > 0)
    .sort(([, a], [, b]) => b - a) as [keyof typeof waitWords, number][];
  if (sums.length === 0) return undefined;
  const most = sums[0]?.[1] ?? 1;
  return html`<article class="card">
    <h3>Waited for what</h3>
    <table class="bars"><thead class="heard"><tr><th>What</th><th>Time, all together</th></tr></thead><tbody>
    ${sums.map(
      ([wait, sum]) => html`<tr><th scope="row">${waitWords[wait]}</th><td>${formatDuration(sum)}
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="value" width="${(100 * sum) / most}" height="6"/></svg></td></tr>`,
    )}
    </tbody></table>
    <p class="small">The sums of all executions; many wait at the same time.</p>
  </article>`;
}

function outliers({ analysis: { outliers } }: RunView): Html | undefined {
  if (outliers.length === 0) return undefined;
  return html`<article class="card">
    <h3>Unusually long</h3>
    <ol class="plain">${outliers
      .slice(0, longestList)
      .map(
        ({ path, duration, median }) =>
          html`<li><button type="button" class="link" data-select="${path}"><code>${path}</code></button> <span>${formatDuration(duration)}, half of them within ${formatDuration(median)}</span></li>`,
      )}</ol>
    ${more(outliers.length)}
  </article>`;
}

function criticalPath({ analysis: { criticalPath }, executions }: RunView): Html | undefined {
  if (criticalPath.length === 0) return undefined;
  const at = new Map(executions.map((execution) => [execution.path, execution]));
  return html`<article class="card">
    <h3>Critical path</h3>
    <p class="small">Each began because the one before had ended. Only what gets shorter here makes the run shorter.</p>
    <ol class="plain numbered">${criticalPath
      .slice(0, longestList)
      .map(
        (path) =>
          html`<li><button type="button" class="link" data-select="${path}"><code>${path}</code></button> <span>${durationOf(at.get(path))}</span></li>`,
      )}</ol>
    ${more(criticalPath.length, 'On the critical path')}
  </article>`;
}

function durationOf(execution: ExecutionView | undefined): string {
  return execution === undefined ? '' : formatDuration(execution.endTime - execution.startTime);
}

/** @param choice - what to choose in the table of executions to see them all, where that can be chosen. */
function more(count: number, choice?: string): Html | undefined {
  if (count <= longestList) return undefined;
  const others = formatCount(count - longestList);
  const where = choice !== undefined && `: in the table of executions, show “${choice}”`;
  return html`<p class="small">And ${others} more${where}.</p>`;
}
