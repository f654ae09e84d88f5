/** What a run said comes into the page as text, and nothing in the page asks the network. */
import { expect, it } from 'vitest';
import { renderReport } from '../../src/page/render-report.ts';
import type { RunView } from '../../src/view/run-view.ts';
import { after, executionView, nodeView, runView } from './small-view.ts';

const evil = `</script><img src=x onerror="alert('1')">\u2028&`;

function evilView(): RunView {
  const error = { code: evil, message: evil };
  return runView({
    runId: evil,
    workflow: evil,
    version: evil,
    status: 'Failed',
    error,
    why: { text: evil, chain: [evil] },
    nodes: [nodeView(evil, { of: evil, counts: { Failed: 1 } }), nodeView('B', after(evil))],
    executions: [executionView(evil, [0, 50], { address: evil, status: 'Failed', error })],
    analysis: {
      ...runView().analysis,
      criticalPath: [evil],
      bottleneck: { address: evil, onPath: 1, without: 1 },
      outliers: [{ path: evil, duration: 2, median: 1 }],
    },
  });
}

it('lets nothing that a run said become markup', async () => {
  const page = await renderReport(evilView());
  expect(page).not.toContain('<img');
  expect(page.match(/<script[ >]/g)).toHaveLength(2);
  expect(page.match(/<\/script/g)).toHaveLength(2);
  expect(page).not.toContain('onerror="');
});

it('embeds the view so that a parser gets back what was put in', async () => {
  const view = evilView();
  const page = await renderReport(view);
  const [, json = ''] = /id="page-data">(.*?)<\/script>/s.exec(page) ?? [];
  expect(json).not.toMatch(/[<>&\u2028\u2029]/);
  expect(JSON.parse(json)).toMatchObject({ view: JSON.parse(JSON.stringify(view)) });
});

it('forbids everything but its own script and style', async () => {
  const page = await renderReport(runView());
  const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  expect(policy).toContain('default-src &#39;none&#39;');
  expect(policy).not.toContain('unsafe');
  expect(policy.match(/sha256-/g)).toHaveLength(2);
  expect(page).not.toMatch(/(?:src|href)="(?!#|data:)/);
});

it('carries the licences of what is in its script', async () => {
  const page = await renderReport(runView());
  expect(page).toMatch(/d3-zoom: Copyright .*this permission notice appear in all copies/s);
});

it('makes the same page of the same view', async () => {
  expect(await renderReport(evilView())).toBe(await renderReport(evilView()));
});

it('says how many nodes it does not draw', async () => {
  const nodes = Array.from({ length: 40 }, (_, at) =>
    nodeView(`N${at}`, at === 0 ? {} : after(`N${at - 1}`)),
  );
  const page = await renderReport(runView({ nodes }), { maxBoxes: 10 });
  expect(page).toContain('The definition has 40 nodes. 10 are drawn');
  expect(page.match(/class="box /g)).toHaveLength(10);
});

it('says that sums are of what was kept, and counts what has no room', async () => {
  const analysis = { ...runView().analysis, busy: 400, calls: 12, attempts: 15 };
  const nodes = [nodeView('A', { counts: { Failed: 3, TimedOut: 1 } })];
  const whole = await renderReport(runView({ nodes, analysis, left: 7 }));
  expect(figureOf(whole, 'Calls')).toBe('12');
  expect(figureOf(whole, 'Retries')).toBe('3');
  expect(figureOf(whole, 'Failed')).toBe('4');
  expect(whole).toContain('7 executions more are neither in the timeline nor in the table');

  const view = runView({ nodes, analysis: { ...analysis, notKept: 7 }, left: 7 });
  const partial = await renderReport(view);
  expect(figureOf(partial, 'Calls')).toBe('≥ 12');
  expect(figureOf(partial, 'Parallelism')).toBe('≥ 4.0');
  expect(figureOf(partial, 'Makespan')).toBe('100 ms');
  expect(partial).toContain('7 iterations of loops were not kept');
  expect(partial).not.toContain('neither in the timeline');
});

function figureOf(page: string, name: string): string | undefined {
  return page.split(`<dt>${name}</dt><dd>`)[1]?.split('<')[0];
}
