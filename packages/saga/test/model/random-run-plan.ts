/**
 * Draws runs: mostly small, and often enough with what is hard, such as a kill in the middle of undoing.
 * @module
 */
import { seededRandom } from '@runafter/clock';
import type { Behaviour, CallPlan, EdgePlan, KillPlan, NodePlan, RunPlan } from './run-plan.ts';

/** Gives a whole number from `min` to `max`, both included. */
type Draw = (min: number, max: number) => number;

/** The same run for the same seed. */
export function randomRunPlan(seed: string): RunPlan {
  const random = seededRandom(seed);
  return drawRun((min, max) => min + Math.floor(random() * (max - min + 1)));
}

function chance(draw: Draw, percent: number): boolean {
  return draw(1, 100) <= percent;
}

function pick<T>(draw: Draw, options: readonly T[]): T {
  return options[draw(0, options.length - 1)] as T;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const second = 1_000;

function drawRun(draw: Draw): RunPlan {
  const around = pick(draw, ['nothing', 'scope', 'forEach'] as const);
  const items = around === 'forEach' ? draw(1, 3) : 1;
  // A moment in most of what a run may last for: a few steps, and undoing them.
  const moment = (): number => draw(0, 40) * 500 + draw(0, 1);
  const maybe = (percent: number): number | undefined =>
    chance(draw, percent) ? moment() + 1 : undefined;
  return {
    around,
    items,
    itemsAtOnce: draw(1, 3),
    nodes: drawNodes(draw, items),
    compensationConcurrency: draw(1, 3),
    grace: draw(1, 3) * second,
    timeouts: {
      run: maybe(10),
      container: around === 'nothing' ? undefined : maybe(10),
      saga: maybe(10),
    },
    stop: chance(draw, 35)
      ? {
          by: pick(draw, ['cancel', 'terminate'] as const),
          at: moment(),
          status: pick(draw, ['Succeeded', 'Failed', 'Cancelled'] as const),
        }
      : undefined,
    signalsAt: draw(1, 4) * second,
    writesTake: chance(draw, 30) ? pick(draw, [100, 1_200]) : 0,
    kills: chance(draw, 50) ? times(draw(1, 3), () => drawKill(draw)) : [],
  };
}

function drawKill(draw: Draw): KillPlan {
  const at = pick(draw, ['write', 'write', 'event', 'undo-event'] as const);
  const number = at === 'write' ? draw(2, 30) : draw(1, at === 'event' ? 16 : 6);
  return { at, number, when: pick(draw, ['before', 'after']) };
}

function drawNodes(draw: Draw, items: number): NodePlan[] {
  const count = draw(1, 8);
  const pivot = chance(draw, 30) ? draw(0, count - 1) : undefined;
  const isReliable = chance(draw, 40);
  const nodes: NodePlan[] = [];
  for (let index = 0; index < count; index++) {
    const isPivot = index === pivot;
    const isPast = pivot !== undefined && index > pivot;
    const kind =
      isPivot || chance(draw, 75) ? 'step' : pick(draw, ['child', 'delay', 'waitFor'] as const);
    nodes.push({
      name: 'ABCDEFGH'.charAt(index),
      kind,
      after: drawEdges(draw, nodes, pivot),
      criticality: chance(draw, 85) ? 'critical' : pick(draw, ['important', 'optional']),
      isPivot,
      hasUndo: !isPast && chance(draw, 85),
      retries: chance(draw, 25) ? draw(1, 2) : 0,
      timeout: kind === 'step' && chance(draw, 15) ? draw(1, 12) * second : undefined,
      isLimited: kind === 'step' && chance(draw, 10),
      behaviours: times(items, () => drawBehaviour(draw, isReliable)),
    });
  }
  return nodes;
}

/** Before a pivot and after it nothing may stand beside it. */
function drawEdges(draw: Draw, nodes: readonly NodePlan[], pivot: number | undefined): EdgePlan[] {
  const index = nodes.length;
  const accepts = (): EdgePlan['accepts'] =>
    chance(draw, 85) ? 'succeeded' : pick(draw, ['settled', 'failed'] as const);
  const isPast = pivot !== undefined && index > pivot;
  const from = isPast ? pivot : 0;
  const chosen = new Set<number>();
  for (let before = from; before < index; before++) if (chance(draw, 35)) chosen.add(before);
  if (isPast && chosen.size === 0) chosen.add(draw(pivot, index - 1));
  if (index === pivot) {
    const isAwaited = new Set(nodes.flatMap(({ after }) => after.map((edge) => edge.from)));
    for (let before = 0; before < index; before++) if (!isAwaited.has(before)) chosen.add(before);
  }
  return [...chosen].sort((a, b) => a - b).map((before) => ({ from: before, accepts: accepts() }));
}

function drawBehaviour(draw: Draw, isReliable: boolean): Behaviour {
  const failures = chance(draw, 75) ? 0 : pick(draw, [1, 1, 2, 3, 9]);
  return {
    calls: times(draw(1, 3), () => drawCall(draw, isReliable)),
    undo: {
      takes: draw(0, 3) * second,
      failures,
      fails: chance(draw, 75) ? 'with-error' : 'by-hanging',
    },
  };
}

function drawCall(draw: Draw, isReliable: boolean): CallPlan {
  const ends = chance(draw, isReliable ? 97 : 75)
    ? 'ok'
    : pick(draw, ['failed', 'failed', 'not-done'] as const);
  const effect = pick(draw, ['at-once', 'in-the-end'] as const);
  const hasNone = ends === 'not-done' || (ends === 'failed' && chance(draw, 30));
  return {
    takes: pick(draw, [0, 1, 1, 2, 3, 5, 15]) * second,
    effect: hasNone ? 'none' : effect,
    ends,
    obeys: chance(draw, 70),
  };
}
