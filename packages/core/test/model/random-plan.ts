/**
 * Makes random plans: DAGs of any shape, containers in containers, and handlers that do whatever
 * handlers do.
 *
 * Invariant: every plan is a valid definition and every run of it ends. So a handler that never ends
 * by itself stands only where a time-out or a cancel will reach it, and a body returns a bare handle
 * only where its output is certain.
 * @module
 */
import type { Criticality, RunAfterStatus } from '../../src/index.ts';
import { chance, type Draw, pick, times } from './draw.ts';
import {
  type Behaviour,
  type BodyPlan,
  type EdgePlan,
  everyStatus,
  type GivenPlan,
  isBare,
  isSettled,
  type NodePlan,
  type Plan,
} from './plan.ts';

export interface PlanOptions {
  /**
   * Whether time decides how it ends: time-outs, a cancel, handlers that hang or ignore their signal.
   * Without, the statuses follow from the graph alone.
   */
  readonly timed: boolean;
  /**
   * Whether it is to be run with a store, and interrupted: with waits for signals, child workflows, keyed
   * loops (where time does not decide) and ids for all items that are not in an array. Handlers then end
   * as soon as they are told to, for a process that is killed meanwhile cannot clean up for as long.
   */
  readonly durable?: boolean;
}

/** None is a part of another one, so that a message can be searched for them. */
const names = 'Alder Birch Cedar Dogwood Elm Fir Ginkgo Hazel Ivy Juniper Larch Maple'.split(' ');

const deepest = 3;
const mostNodes = 40;

/** Long against the default grace time of 5 s, so that two moments are rarely the same. */
const longestHandler = 100_000;
const longestTimeout = 120_000;
const longestRun = 400_000;

/** A random plan; the same draws give the same plan. */
export function randomPlan(draw: Draw, { timed, durable = false }: PlanOptions): Plan {
  const timeout = timed && chance(draw, 15) ? draw(1, longestRun) : undefined;
  const cancelAt = timed && chance(draw, 25) ? draw(1, longestRun) : undefined;
  const grace = timed && chance(draw, 20) ? draw(1, 20_000) : undefined;
  const garden: Garden = {
    draw,
    timed,
    durable,
    budget: { nodes: mostNodes },
    stopped: timeout !== undefined || cancelAt !== undefined,
    depth: 0,
    given: [],
  };
  return {
    body: randomBody(garden, draw(1, names.length)),
    ...(timeout !== undefined && { timeout }),
    ...(cancelAt !== undefined && { cancelAt }),
    ...(grace !== undefined && { grace }),
  };
}

/** Where the next node will grow. */
interface Garden {
  readonly draw: Draw;
  readonly timed: boolean;
  readonly durable: boolean;
  /** Shared by all gardens of a plan. */
  readonly budget: { nodes: number };
  /** Something outside is certain to stop what hangs in here. */
  readonly stopped: boolean;
  readonly depth: number;
  /** What the nodes of this body can list beside their siblings. */
  readonly given: readonly GivenPlan[];
}

function randomBody(garden: Garden, count: number): BodyPlan {
  const nodes: NodePlan[] = [];
  for (let index = 0; index < count && garden.budget.nodes > 0; index++) {
    garden.budget.nodes--;
    nodes.push(randomNode(garden, nodes, nameAt(index, garden.depth)));
  }
  return withOutput(garden.draw, nodes);
}

/** Deeper bodies begin further on, so that some names stand at several depths and some do not. */
function nameAt(index: number, depth: number): string {
  return names[(index + 3 * depth) % names.length] as string;
}

function randomNode(garden: Garden, earlier: readonly NodePlan[], name: string): NodePlan {
  const { draw, timed } = garden;
  const base = {
    name,
    runAfter: randomEdges(draw, earlier),
    given: randomGiven(garden),
    ...(chance(draw, 20) && { criticality: randomCriticality(draw) }),
  };
  const kind = pick(draw, kindsFor(garden));
  // A delay has no time-out, and that of an until is another limit: it counts as a failure.
  const timeout = timed && chance(draw, 20) ? draw(1, longestTimeout) : undefined;
  const timeouts = timeout === undefined ? {} : { timeout };
  const inside: Garden = {
    ...garden,
    stopped: garden.stopped || timeout !== undefined,
    depth: garden.depth + 1,
    given: times(base.runAfter.length + base.given.length, (position) => position),
  };
  const body = () => randomBody(inside, draw(0, 5));
  switch (kind) {
    case 'action':
      return { ...base, ...timeouts, kind, ...randomAction(inside) };
    case 'delay':
      return { ...base, kind, duration: randomDuration(draw, timed) };
    case 'waitFor':
      return { ...base, ...timeouts, kind, arrives: randomArrivals(inside) };
    case 'child':
      return {
        ...base,
        ...timeouts,
        kind,
        body: randomBody({ ...inside, given: [] }, draw(0, 5)),
      };
    case 'scope':
      return { ...base, ...timeouts, kind, body: body() };
    case 'condition': {
      const then = body();
      const branches = chance(draw, 70) ? { then, else: body() } : { then };
      return {
        ...base,
        ...timeouts,
        kind,
        branches,
        choices: randomChoices(draw, ['then', 'else']),
      };
    }
    case 'switch': {
      const cases = times(draw(1, 3), (index) => nameAt(index, garden.depth));
      const branches = Object.fromEntries(cases.map((branch) => [branch, body()]));
      return { ...base, ...timeouts, kind, branches, choices: randomChoices(draw, cases) };
    }
    case 'forEach': {
      const concurrency = chance(draw, 70) ? draw(1, 5) : undefined;
      const items = chance(draw, 4) ? 'throws' : draw(0, 6);
      const source = pick(draw, ['array', 'generator', 'stream', 'promise'] as const);
      return {
        ...base,
        ...timeouts,
        kind,
        items,
        source,
        ...(garden.durable && randomIdentity(garden, source)),
        ...(concurrency !== undefined && { concurrency }),
        ...(chance(draw, 20) && { keep: pick(draw, ['all', 'failures', 'summary']) }),
        body: randomBody({ ...inside, given: [...inside.given, 'item', 'index'] }, draw(0, 5)),
      };
    }
    case 'until':
      return {
        ...base,
        kind,
        ...(chance(draw, 5) && { throwsIn: pick(draw, ['initial', 'done']) }),
        doneAfter: draw(0, 4),
        maxIterations: draw(1, 4),
        onLimit: pick(draw, ['fail', 'succeed']),
        body: randomRound({
          ...inside,
          stopped: garden.stopped,
          given: [...inside.given, 'index'],
        }),
      };
  }
}

function randomDuration(draw: Draw, timed: boolean): number | 'throws' {
  return chance(draw, 4) ? 'throws' : draw(1, timed ? longestHandler : 1_000);
}

/** The body of an until: it hands back a state, so it is never empty. */
function randomRound(garden: Garden): BodyPlan {
  garden.budget.nodes = Math.max(1, garden.budget.nodes);
  const body = randomBody(garden, garden.draw(1, 5));
  const child = (body.nodes.at(-1) as NodePlan).name;
  return { ...body, output: body.output ?? { child, as: 'result' } };
}

function kindsFor({ durable, depth }: Garden): readonly NodePlan['kind'][] {
  if (depth < deepest) return durable ? [...kinds, 'waitFor', 'child'] : kinds;
  return durable ? [...simpleKinds, 'waitFor'] : simpleKinds;
}

/** A stream that is read again needs ids to know what is done. */
function randomIdentity(
  { draw, timed }: Garden,
  source: 'array' | 'generator' | 'stream' | 'promise',
): { identified?: boolean; keys?: number } {
  const mustHaveIds = source === 'generator' || source === 'stream';
  const keys = !timed && chance(draw, 25) ? draw(1, 3) : undefined;
  return {
    ...((mustHaveIds || chance(draw, 20)) && { identified: true }),
    ...(keys !== undefined && { keys }),
  };
}

function randomArrivals({ draw, timed, stopped }: Garden): number[] {
  return times(draw(1, 3), () => {
    if (stopped && timed && chance(draw, 20)) return Number.POSITIVE_INFINITY;
    return draw(0, timed ? longestHandler : 1_000);
  });
}

const simpleKinds = ['action', 'action', 'action', 'action', 'action', 'delay'] as const;
const kinds = [
  ...simpleKinds,
  'scope',
  'scope',
  'condition',
  'switch',
  'forEach',
  'until',
] as const;

function randomAction(garden: Garden): { behaviours: Behaviour[]; retry?: Retry } {
  const { draw, timed } = garden;
  const retry = chance(draw, 15)
    ? { count: draw(1, 3), interval: draw(1, timed ? longestHandler : 1_000) }
    : undefined;
  const behaviours = times(draw(1, 3), () => randomBehaviour(garden, retry !== undefined));
  return { behaviours, ...(retry && { retry }) };
}

type Retry = { count: number; interval: number };

function randomBehaviour({ draw, timed, stopped, durable }: Garden, retried: boolean): Behaviour {
  const ends = chance(draw, 25) ? 'throws' : 'returns';
  const throwsFirst = retried ? draw(0, 4) : 0;
  if (!timed) {
    return { takes: pick(draw, [0, 0, draw(0, 1_000)]), ends, throwsFirst, onAbort: 'ignores' };
  }
  const hangs = stopped && chance(draw, 20);
  return {
    takes: hangs ? Number.POSITIVE_INFINITY : draw(1, longestHandler),
    ends,
    throwsFirst,
    onAbort: durable ? 0 : pick(draw, [0, 0, draw(1, 10_000), 'ignores']),
  };
}

function randomEdges(draw: Draw, earlier: readonly NodePlan[]): EdgePlan[] {
  const percent = pick(draw, [0, 20, 50, 80]);
  return earlier
    .filter(() => chance(draw, percent))
    .map(({ name }) => ({ from: name, accepts: randomStatuses(draw) }));
}

function randomStatuses(draw: Draw): readonly RunAfterStatus[] {
  const choice = draw(0, 9);
  if (choice < 5) return ['Succeeded'];
  if (choice < 6) return ['Failed', 'TimedOut'];
  if (choice < 8) return everyStatus;
  const some = everyStatus.filter(() => chance(draw, 50));
  return some.length === 0 ? ['Skipped'] : some;
}

function randomGiven({ draw, given }: Garden): GivenPlan[] {
  return given.filter(() => chance(draw, 25));
}

function randomCriticality(draw: Draw): Criticality {
  return pick(draw, ['critical', 'important', 'optional']);
}

/** In a condition without else, `else` means that nothing is done. */
function randomChoices(draw: Draw, names: readonly string[]): string[] {
  return times(draw(1, 3), () => (chance(draw, 5) ? 'throws' : pick(draw, names)));
}

function withOutput(draw: Draw, nodes: readonly NodePlan[]): BodyPlan {
  if (nodes.length === 0 || chance(draw, 40)) return { nodes };
  const child = pick(draw, [...nodes].reverse()).name;
  const bare = isCertain(nodes, child) && chance(draw, 80);
  return { nodes, output: { child, as: bare ? 'outputs' : 'result' } };
}

/** Whether a child has an output in every run in which its body Succeeded. */
function isCertain(nodes: readonly NodePlan[], name: string): boolean {
  const node = nodes.find((candidate) => candidate.name === name) as NodePlan;
  const isLeaf = nodes.every(({ runAfter }) => runAfter.every(({ from }) => from !== name));
  const isCritical = node.criticality === undefined || node.criticality === 'critical';
  return isLeaf && isCritical && isReachedSurely(nodes, node);
}

function isReachedSurely(nodes: readonly NodePlan[], node: NodePlan): boolean {
  return node.runAfter.every((edge) => {
    const before = nodes.find(({ name }) => name === edge.from) as NodePlan;
    return (isBare(edge) || isSettled(edge)) && isReachedSurely(nodes, before);
  });
}
