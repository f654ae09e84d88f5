/** Workflows as Mermaid flowcharts. */
import {
  describe as describeWorkflow,
  failed,
  on,
  settled,
  type Workflow,
  workflow,
} from '@runafter/core';
import { quorum } from '@runafter/results';
import { saga } from '@runafter/saga';
import { describe, expect, it } from 'vitest';
import { toMermaid } from '../src/describe/mermaid.ts';

// biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
const drawn = (flow: Workflow<any, unknown>): string => toMermaid(describeWorkflow(flow));

/** The id that a label got. */
function idOf(text: string, label: string): string {
  const line = text.split('\n').find((each) => each.includes(`"${label}`));
  return /\bn\d+/.exec(line ?? '')?.[0] ?? 'none';
}

it('draws an edge for each dependency, with its statuses where they are not just Succeeded', () => {
  const text = drawn(
    workflow('Order', (flow) => {
      const a = flow.action('A', () => 1);
      flow.action('B', [a], () => 2);
      flow.action('C', [failed(a)], () => 3);
      flow.action('D', [on(a, 'Succeeded', 'Skipped')], () => 4);
      flow.action('E', [settled(a)], () => 5);
    }),
  );
  const [a, b, c, d, e] = ['A', 'B', 'C', 'D', 'E'].map((name) => idOf(text, name));
  expect(text).toMatch(/^---\ntitle: "Order"\n---\nflowchart TD\n/);
  expect(text).toContain(`  ${a} --> ${b}\n`);
  expect(text).toContain(`  ${a} -. "Failed, TimedOut" .-> ${c}\n`);
  expect(text).toContain(`  ${a} -. "Succeeded, Skipped" .-> ${d}\n`);
  expect(text).toContain(`  ${a} -. "any status" .-> ${e}\n`);
});

it('draws containers as subgraphs that are closed, around what is in them', () => {
  const text = drawn(
    workflow('Nested', (flow) => {
      flow.scope('Outer', [], (scope) => {
        scope.forEach(
          'Loop',
          [],
          () => [1],
          (each) => each.action('Inside', () => 1),
          {
            concurrency: 3,
          },
        );
      });
      flow.condition('Big', [], () => true, {
        then: (branch) => branch.action('Yes', () => 1),
        else: () => undefined,
      });
    }),
  );
  expect(text.match(/^ *subgraph /gm)).toHaveLength(text.match(/^ *end$/gm)?.length ?? 0);
  expect(text).toMatch(
    /subgraph n1\["Outer"\]\n +subgraph n2\["Loop<br>for each, 3 at once"\]\n +n3\["Inside"\]\n +end\n +end/,
  );
  expect(text).toMatch(/subgraph n\d+\["else"\]\n +n\d+\["nothing"\]\n/);
});

it('names a saga and a quorum, with what a quorum needs', () => {
  const text = drawn(
    workflow('Both', (flow) => {
      saga(flow, 'Onboard', [], (steps) => {
        steps.step('Account', () => 1, { compensate: () => undefined });
      });
      quorum(flow, 'Approve', [], { needed: 2, vote: (yes: boolean) => yes }, (branches) => ({
        ann: branches.action('Ann', [], () => true),
        bob: branches.action('Bob', [], () => true),
        cid: branches.action('Cid', [], () => false),
      }));
    }),
  );
  expect(text).toMatch(/"Onboard<br>saga/);
  expect(text).toMatch(/"Approve<br>quorum.*needed 2/);
});

describe('names', () => {
  it.each([
    'Say "hi"',
    'a]b',
    'x --> y',
    '<b>&',
    '`code`',
    'end',
    '#quot;',
    'two\nlines',
    '%%{init}%%',
  ])('%j cannot break the drawing', (name) => {
    const flow = (() => {
      try {
        return workflow(name, (body) => body.action(name, () => 1));
      } catch {
        return undefined;
      }
    })();
    if (flow === undefined) return;
    const [label] = drawn(flow).match(/n1\["(.*)"\]$/m) ?? [];
    expect(label).toBeDefined();
    expect(label?.slice(4, -2)).not.toMatch(/["<>[\]`\n{}&]/);
  });
});
