/**
 * The random plans of core's tests, for real time: handlers take 0 to 5 ms, waits 1 to 20, and time-outs
 * are so far off that they never come.
 *
 * Invariant: a name is a plan. A program and its test make the same one from it.
 * @module
 */
import { chance, type Draw, seededDraw } from '../../packages/core/test/model/draw.ts';
import { everything } from '../../packages/core/test/model/expected.ts';
import { expectRun } from '../../packages/core/test/model/oracle.ts';
import {
  type BodyPlan,
  everyNode,
  type NodePlan,
  type Plan,
} from '../../packages/core/test/model/plan.ts';
import { randomPlan } from '../../packages/core/test/model/random-plan.ts';

/** Milliseconds. No run of these tests takes so long. */
const generousTimeout = 3_600_000;

/** The plan of a name. */
export function swiftPlan(name: string): Plan {
  const draw = seededDraw(name);
  const plan = randomPlan(draw, { timed: false, durable: true });
  return { ...plan, body: swiftBody(plan.body, draw), timeout: generousTimeout };
}

/** Names of plans that call at least so many handlers, and not too many for a test. */
export function* busyPlans(label: string, leastCalls: number): Generator<string> {
  for (let number = 0; ; number++) {
    const name = `${label} ${number}`;
    const calls = callsOf(swiftPlan(name));
    if (calls >= leastCalls && calls <= 20 * leastCalls) yield name;
  }
}

/** How often handlers are called in all. */
function callsOf(plan: Plan): number {
  return everything(expectRun(plan)).reduce((sum, { calls }) => sum + calls, 0);
}

/** The kinds of nodes in a plan, and the other things that a run may have to remember. */
export function contentsOf({ body }: Plan): readonly string[] {
  return [...everyNode(body)].flatMap((node) => {
    if (node.kind === 'action') return node.retry === undefined ? ['action'] : ['action', 'retry'];
    if (node.kind !== 'forEach') return [node.kind];
    return [node.kind, node.source, ...(node.keys === undefined ? [] : ['keys'])];
  });
}

function swiftBody(body: BodyPlan, draw: Draw): BodyPlan {
  return { ...body, nodes: body.nodes.map((node) => swiftNode(node, draw)) };
}

function swiftNode(node: NodePlan, draw: Draw): NodePlan {
  if (node.kind === 'delay') {
    const { duration } = node;
    return { ...node, duration: duration === 'throws' ? duration : Math.ceil(duration / 50) };
  }
  if (node.kind === 'until') return { ...node, body: swiftBody(node.body, draw) };
  const timed = chance(draw, 15) ? { ...node, timeout: generousTimeout } : node;
  switch (timed.kind) {
    case 'waitFor':
      return timed;
    case 'action': {
      const { behaviours, retry } = timed;
      return {
        ...timed,
        behaviours: behaviours.map((one) => ({ ...one, takes: Math.ceil(one.takes / 200) })),
        ...(retry && { retry: { ...retry, interval: Math.ceil(retry.interval / 50) } }),
      };
    }
    case 'condition':
    case 'switch': {
      const branches = Object.entries(timed.branches).map(
        ([name, body]) => [name, swiftBody(body, draw)] as const,
      );
      return { ...timed, branches: Object.fromEntries(branches) };
    }
    default:
      return { ...timed, body: swiftBody(timed.body, draw) };
  }
}
