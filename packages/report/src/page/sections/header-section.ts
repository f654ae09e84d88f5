/**
 * The top of the page: which run this is, how it ended and why, and its key figures.
 * @module
 */
import type { RunView } from '../../view/run-view.ts';
import { formatCount, formatDuration, formatPlural, formatTime } from '../format.ts';
import { type Html, html } from '../html.ts';
import { statusIcon } from '../status-icons.ts';
import { isFailure, statusWords } from '../view-status.ts';

/** Steps of a chain that are shown at each of its ends. */
const endsOfChain = 12;

export function headerSection(view: RunView): Html {
  const { workflow, version, status, runId, startTime, endTime } = view;
  return html`<header class="top">
  <div class="title">
    <p class="eyebrow">Run of a workflow</p>
    <h1>${workflow}${version !== undefined && html` <small>${version}</small>`}</h1>
    <span class="badge ${status}">${statusIcon(status, 18)}${statusWords(status)}</span>
    <button type="button" id="theme" class="quiet" hidden>Theme: automatic</button>
  </div>
  <dl class="facts">
    <div><dt>Run</dt><dd><code>${runId}</code></dd></div>
    <div><dt>Started</dt><dd><time datetime="${new Date(startTime).toISOString()}">${formatTime(startTime)}</time></dd></div>
    <div><dt>${status === 'Running' ? 'Drawn' : 'Ended'}</dt><dd><time datetime="${new Date(endTime).toISOString()}">${formatTime(endTime)}</time></dd></div>
  </dl>
  ${whyBlock(view)}
  ${keyFigures(view)}
  <nav aria-label="On this page"><ul>
    <li><a href="#graph-section">Graph</a></li>
    <li><a href="#timeline-section">Timeline</a></li>
    <li><a href="#findings-section">Findings</a></li>
    ${view.executions.some(isFailure) && html`<li><a href="#failures-section">Failures</a></li>`}
    <li><a href="#actions-section">Definition</a></li>
    <li><a href="#executions-section">Executions</a></li>
  </ul></nav>
</header>`;
}

function whyBlock({ why, status, executions }: RunView): Html {
  const statusAt = new Map(executions.map((execution) => [execution.path, execution.status]));
  const { chain } = why;
  const isLong = chain.length > endsOfChain * 2;
  const first = isLong ? chain.slice(0, endsOfChain) : chain;
  const last = isLong ? chain.slice(-endsOfChain) : [];
  const step = (path: string): Html => {
    const its = statusAt.get(path);
    return html`<li>${its !== undefined && html`${statusIcon(its, 14)}<span class="heard">${statusWords(its)}: </span>`}<code>${path}</code></li>`;
  };
  return html`<section class="why ${status}" aria-labelledby="why-title">
    <h2 id="why-title">Why</h2>
    <p>${why.text}</p>
    ${
      chain.length > 0 &&
      html`<ol class="chain" aria-label="The deciding chain, from what decided to its cause">
      ${first.map(step)}
      ${isLong && html`<li>${formatPlural(chain.length - 2 * endsOfChain, 'step')} between</li>`}
      ${last.map(step)}
    </ol>`
    }
  </section>`;
}

function keyFigures(view: RunView): Html {
  const { makespan, busy, calls, attempts, throttled, notKept } = view.analysis;
  const failures = failuresOf(view);
  const parallelism = makespan > 0 ? busy / makespan : 0;
  const atLeast = (value: string): string => (notKept > 0 ? `≥ ${value}` : value);
  const figures: [name: string, value: string, alarm?: boolean][] = [
    [view.status === 'Running' ? 'So far' : 'Makespan', formatDuration(makespan)],
    ['In handlers', atLeast(formatDuration(busy))],
    ['Parallelism', atLeast(parallelism.toFixed(1))],
    ['Calls', atLeast(formatCount(calls))],
    ['Attempts', atLeast(formatCount(attempts))],
    ['Retries', atLeast(formatCount(attempts - calls))],
    ['Failed', atLeast(formatCount(failures)), failures > 0],
    ['Refused (429)', atLeast(formatCount(throttled)), throttled > 0],
  ];
  return html`<dl class="figures">${figures.map(
    ([name, value, alarm = false]) =>
      html`<div class="${alarm ? 'alarm' : ''}"><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>
  ${whatIsLeft(view)}`;
}

function failuresOf({ nodes }: RunView): number {
  return nodes.reduce((sum, { counts }) => sum + (counts.Failed ?? 0) + (counts.TimedOut ?? 0), 0);
}

/** What the timeline and the tables lack, and what the sums lack as well. */
function whatIsLeft({ left, analysis: { notKept } }: RunView): Html {
  const tooMany = left - notKept;
  return html`${
    notKept > 0 &&
    html`<p class="note">${formatPlural(notKept, 'iteration')} of loops ${notKept === 1 ? 'was' : 'were'} not kept: what happened in ${notKept === 1 ? 'it' : 'them'} is missing in sums (≥).</p>`
  }${
    tooMany > 0 &&
    html`<p class="note">${formatPlural(tooMany, 'execution')} more ${tooMany === 1 ? 'is' : 'are'} neither in the timeline nor in the table, which would get too long; the graph and the sums have them.</p>`
  }`;
}
