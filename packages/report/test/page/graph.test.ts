/** How a definition becomes boxes. */
import { describe, expect, it } from 'vitest';
import type { Box, Level } from '../../src/page/graph/box.ts';
import { boxGraph } from '../../src/page/graph/box-graph.ts';
import { boxDetail, boxName, nameWidth } from '../../src/page/graph/box-text.ts';
import { foldBoxes } from '../../src/page/graph/fold-boxes.ts';
import { layoutGraph, type PlacedLevel } from '../../src/page/graph/layout-graph.ts';
import type { NodeView } from '../../src/view/run-view.ts';
import { after, executionView, iterationView, nodeView, runView } from './small-view.ts';

function fan(count: number, more: (at: number) => Partial<NodeView> = () => ({})): NodeView[] {
  const names = Array.from({ length: count }, (_, at) => `Call_${at}`);
  return [
    nodeView('First'),
    ...names.map((name, at) => nodeView(name, { ...after('First'), ...more(at) })),
    nodeView('Last', after(...names)),
  ];
}

function namesOf({ boxes }: Level): string[] {
  return boxes.map(boxName);
}

describe('siblings that are alike', () => {
  it('share a box, and an edge on either side', () => {
    const level = boxGraph(runView({ nodes: fan(500) }));
    expect(namesOf(level)).toEqual(['First', 'Call_0 … × 500', 'Last']);
    expect(level.edges.map(({ from, to }) => [from, to])).toEqual([
      ['box0', 'box1'],
      ['box1', 'box2'],
    ]);
  });

  it('are counted together', () => {
    const nodes = fan(6, (at) => ({ counts: at < 2 ? { Failed: 1 } : { Succeeded: 1 } }));
    const [, stack] = boxGraph(runView({ nodes })).boxes as [Box, Box];
    expect(stack.status).toBe('Failed');
    expect(boxDetail(stack)).toBe('6 times, 2 failed');
  });

  it('are drawn one by one when they are few', () => {
    expect(namesOf(boxGraph(runView({ nodes: fan(4) })))).toHaveLength(6);
  });

  it('are not alike when they wait for other statuses, or are of another kind', () => {
    const failed = { runAfter: [{ address: 'First', statuses: ['Failed'] }] } as const;
    const nodes = fan(15, (at) => [{}, failed, { kind: 'delay' } as const][at % 3] ?? {});
    expect(namesOf(boxGraph(runView({ nodes })))).toEqual([
      'First',
      'Call_0 … × 5',
      'Call_1 … × 5',
      'Call_2 … × 5',
      'Last',
    ]);
  });

  it('are not alike when others run after them', () => {
    const nodes = [...fan(12), nodeView('Next', after('Call_0', 'Call_1'))];
    expect(namesOf(boxGraph(runView({ nodes })))).toEqual([
      'First',
      'Call_0',
      'Call_1',
      'Call_2 … × 10',
      'Last',
      'Next',
    ]);
  });

  it('leave out the one on the deciding chain, which has a box of its own', () => {
    const level = boxGraph(
      runView({
        nodes: fan(9),
        why: { text: '', chain: ['Call_3'] },
        executions: [executionView('Call_3', [0, 9])],
      }),
    );
    expect(namesOf(level)).toContain('Call_3');
    expect(level.boxes.filter(({ isDeciding }) => isDeciding).map(boxName)).toEqual(['Call_3']);
  });
});

it('tells how the iterations of a loop went', () => {
  const iterations = { Succeeded: 9_999, Failed: 1 };
  const nodes = [nodeView('Loop', { kind: 'forEach', iterations }), nodeView('Loop/Mail')];
  const failed = { ...iterationView('Loop[1]', [0, 10]), status: 'Failed' } as const;
  // The others were not kept, or were too many.
  const [loop] = boxGraph(runView({ nodes, executions: [failed] })).boxes as [Box];
  expect(boxDetail(loop)).toBe('for each · 10,000 iterations, 1 failed');
});

describe('a name in a box', () => {
  const boxNamed = (name: string): string =>
    boxName(boxGraph(runView({ nodes: [nodeView(name)] })).boxes[0] as Box);

  it('is cut where it would be too long, and there is room for less of what is wide', () => {
    expect(boxNamed('n'.repeat(30))).toBe('n'.repeat(30));
    expect(boxNamed('n'.repeat(31))).toBe(`${'n'.repeat(29)}…`);
    expect(boxNamed('W'.repeat(30))).toBe(`${'W'.repeat(17)}…`);
    expect(boxNamed('請求書'.repeat(10))).toBe(`${'請求書'.repeat(5)}…`);
  });

  it('is cut between characters, never inside of one', () => {
    expect(boxNamed('🚀'.repeat(40))).toBe(`${'🚀'.repeat(15)}…`);
    expect(nameWidth('WWW')).toBeGreaterThan(nameWidth('nnn'));
  });
});

describe('a graph that is too large', () => {
  const nodes = [
    nodeView('A', { kind: 'scope' }),
    nodeView('A/B', { kind: 'scope' }),
    ...['A/B/C', 'A/B/D'].map((address) => nodeView(address)),
    nodeView('E', after('A')),
  ];

  it('is folded where it is deepest, and says what is inside', () => {
    const { level, left } = foldBoxes(boxGraph(runView({ nodes })), 3);
    const [outer] = level.boxes as [Box];
    const [inner] = outer.inside.boxes as [Box];
    expect(boxDetail(inner)).toContain('2 inside');
    expect(left).toBe(2);
  });

  it('shows the beginning of its first level at the least', () => {
    const { level, left } = foldBoxes(boxGraph(runView({ nodes })), 1);
    expect(namesOf(level)).toEqual(['A']);
    expect(level.edges).toEqual([]);
    expect(left).toBe(4);
  });
});

describe('the layout', () => {
  it('is the same for the same definition', async () => {
    const level = (): Level => boxGraph(runView({ nodes: fan(4) }));
    expect(await layoutGraph(level())).toEqual(await layoutGraph(level()));
  });

  it('puts boxes beside each other, and what is inside of a container into it', async () => {
    const nodes = [...fan(3), nodeView('Last/In', {}), nodeView('Last/Then', after('Last/In'))];
    const placed = await layoutGraph(boxGraph(runView({ nodes })));
    const boxes = flat(placed, 0, 0);
    expect(boxes).toHaveLength(7);
    const isInside = (name: string): boolean => name === 'In' || name === 'Then';
    const outer = boxes.find(({ name }) => name === 'Last');
    for (const a of boxes) {
      if (isInside(a.name)) expect(overlap(a, outer), `${a.name} is in Last`).toBe(true);
      for (const b of boxes) {
        if (a === b || isInside(a.name) !== isInside(b.name)) continue;
        expect(overlap(a, b), `${a.name} and ${b.name}`).toBe(false);
      }
    }
  });
});

interface Place {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function flat({ boxes }: PlacedLevel, left: number, top: number): Place[] {
  return boxes.flatMap(({ box, x, y, inside }) => [
    { name: boxName(box), x: left + x, y: top + y, width: inside.width, height: inside.height },
    ...flat(inside, left + x, top + y),
  ]);
}

function overlap(a: Place, b: Place | undefined): boolean {
  if (b === undefined) return false;
  const isBeside = a.x + a.width <= b.x || b.x + b.width <= a.x;
  return !(isBeside || a.y + a.height <= b.y || b.y + b.height <= a.y);
}
