/** What the timeline shows: rows, slots of a loop's window, and how much went on at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concurrencySteps } from '../../src/client/gantt/concurrency.ts';
import { packLanes } from '../../src/client/gantt/pack-lanes.ts';
import { type TimelineRow, TimelineRows } from '../../src/client/gantt/timeline-rows.ts';
import { executionView, iterationView, nodeView } from './small-view.ts';

const intervals = fc.array(
  fc
    .tuple(fc.nat(50), fc.nat(20))
    .map(([startTime, length]) => ({ startTime, endTime: startTime + length })),
);

describe('lanes', () => {
  it('hold everything once, and nothing in them overlaps', () => {
    fc.assert(
      fc.property(intervals, (all) => {
        const lanes = packLanes(all);
        expect(new Set(lanes.flat())).toEqual(new Set(all));
        expect(lanes.flat()).toHaveLength(all.length);
        for (const lane of lanes) {
          lane.slice(1).forEach((next, at) => {
            expect(lane[at]?.endTime).toBeLessThanOrEqual(next.startTime);
          });
        }
      }),
    );
  });

  it('are as many as there are intervals at once where most are', () => {
    const lasting = intervals.map((all) => all.filter((one) => one.endTime > one.startTime));
    fc.assert(
      fc.property(lasting, (all) => {
        const most = all.map(
          ({ startTime }) =>
            all.filter((other) => other.startTime <= startTime && startTime < other.endTime).length,
        );
        expect(packLanes(all)).toHaveLength(Math.max(0, ...most));
      }),
    );
  });
});

describe('rows', () => {
  const nodes = [
    nodeView('Load'),
    nodeView('Loop', { kind: 'forEach' }),
    nodeView('Loop/Mail'),
    nodeView('Loop/Sub', { kind: 'scope' }),
    nodeView('Loop/Sub/Save'),
    nodeView('Never'),
  ];
  const executions = [
    executionView('Load', [0, 10]),
    executionView('Loop', [10, 50], { kind: 'forEach', attempts: [] }),
    ...[0, 1, 2].flatMap((at) => {
      const times: [number, number] = at < 2 ? [10, 30] : [30, 50];
      return [
        iterationView(`Loop[${at}]`, times),
        executionView(`Loop[${at}]/Mail`, times),
        executionView(`Loop[${at}]/Sub`, times, { kind: 'scope', attempts: [] }),
        executionView(`Loop[${at}]/Sub/Save`, times),
      ];
    }),
  ];
  const rows = new TimelineRows({ nodes, executions });

  it('are one for each node that ran', () => {
    expect(rows.all().map(({ label }) => label)).toEqual(['Load', 'Loop']);
  });

  it('of a loop are the slots of its window, each with the iterations that used it', () => {
    const [, loop] = rows.all() as [TimelineRow, TimelineRow];
    expect(loop.inside().map(pathsOf)).toEqual([['Loop[0]', 'Loop[2]'], ['Loop[1]']]);
  });

  it('of a slot are what its iterations did, at any depth', () => {
    const [, loop] = rows.all() as [TimelineRow, TimelineRow];
    const [slot] = loop.inside() as [TimelineRow];
    const [mail, sub] = slot.inside() as [TimelineRow, TimelineRow];
    expect(pathsOf(mail)).toEqual(['Loop[0]/Mail', 'Loop[2]/Mail']);
    expect(sub.inside().map(pathsOf)).toEqual([['Loop[0]/Sub/Save', 'Loop[2]/Sub/Save']]);
    expect(sub.inside().map(({ depth }) => depth)).toEqual([4]);
  });

  it('of one node hold its executions from everywhere, in lanes where they overlap', () => {
    const [mail] = rows.only(['Loop/Mail']) as [TimelineRow];
    expect(pathsOf(mail)).toHaveLength(3);
    expect(mail.inside().map(({ executions }) => executions.length)).toEqual([2, 1]);
  });
});

it('counts calls at once, at each time at which the count changes', () => {
  const steps = concurrencySteps([
    executionView('A', [0, 10]),
    executionView('B', [5, 20]),
    executionView('C', [10, 20]),
  ]);
  expect(steps).toEqual([
    { time: 0, count: 1 },
    { time: 5, count: 2 },
    { time: 10, count: 2 },
    { time: 20, count: 0 },
  ]);
});

function pathsOf({ executions }: TimelineRow): string[] {
  return executions.map(({ path }) => path);
}
