/**
 * A workflow with the graph of a real one, whose functions only take their time.
 *
 * Invariant: no function of the user's is called but `when` of a retry policy, which is asked about errors. So nothing
 * that a plan simulates reaches anybody. Everything else is the engine's: edges, statuses, time-outs, retries, loops.
 * Read next: read-plan.ts, where the facts come from.
 * @module
 */
import { type Clock, type Random, seededRandom } from '@runafter/clock';
import type { Workflow } from '@runafter/core';
import {
  type ActionNode,
  type BranchingNode,
  type ForEachNode,
  type Handler,
  type Node,
  rewrite,
} from '@runafter/core/definition';
import { logNormal } from '@runafter/throttle/model';
import type { Facts, KnownFacts } from './known-facts.ts';
import type { RunTally } from './run-tally.ts';
import { SimulatedConnector } from './simulated-connector.ts';

/** What one simulated run is made of. */
export interface Simulation {
  readonly workflow: Workflow<unknown, unknown>;
  readonly facts: KnownFacts;
  readonly clock: Clock;
  readonly tally: RunTally;
  /** The same seed gives the same run. */
  readonly seed: string;
  /** The address of a loop, and how many of its iterations at once. */
  readonly loop?: { readonly address: string; readonly degree: number } | undefined;
}

export function simulatedWorkflow(simulation: Simulation): Workflow<unknown, unknown> {
  const stage = new Stage(simulation);
  return rewrite(simulation.workflow, (node, address) => stage.rewritten(node, address));
}

/** What the engine hands to a function; which of it is there depends on where that stands. */
interface AnyContext {
  readonly runId: string;
  readonly path: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly index?: number;
}

type ActionFacts = Extract<Facts, { readonly of: 'action' }>;

class Stage {
  readonly #simulation: Simulation;
  readonly #connectors = new Map<string, SimulatedConnector>();
  /** When attempts ended that failed, until the next one. */
  readonly #failedAt = new Map<string, number>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    const { clock, tally, facts } = simulation;
    for (const [name, known] of facts.connectors) {
      const setting = { clock, tally, random: this.#randomOf(`connector ${name}`) };
      this.#connectors.set(name, new SimulatedConnector(name, known, setting));
    }
  }

  /** Numbers that depend on who draws them and not on who has drawn before, so that degrees can be compared. */
  #randomOf(what: string): Random {
    return seededRandom(`${this.#simulation.seed} ${what}`);
  }

  rewritten(node: Node, address: string): Node {
    const facts = this.#simulation.facts.actions.get(address);
    switch (node.kind) {
      case 'action':
        return this.#action(node, address, facts?.of === 'action' ? facts : nothingKnown);
      case 'delay':
      case 'waitFor':
        return this.#delay(node, address, facts);
      case 'forEach':
        return this.#loop(node, address, facts);
      case 'condition':
      case 'switch':
        return this.#branching(node, address, facts);
      case 'until': {
        const rounds = facts?.of === 'until' ? facts.rounds : 1;
        const done = (_: unknown, context: object): boolean =>
          ((context as AnyContext).index ?? 0) + 1 >= rounds;
        return { ...node, initial: nothing, done };
      }
      case 'child':
        return { ...node, input: nothing, limiters: [] };
      case 'container':
        // What other kinds do with their children, such as to undo them, would be the user's own functions.
        return { ...node, kind: 'scope' };
      default:
        return node;
    }
  }

  #action(node: ActionNode, address: string, facts: ActionFacts): ActionNode {
    const run: Handler = (_, context) => this.#perform(address, facts, context as AnyContext);
    return { ...node, run, select: undefined, payloadLimit: undefined, limiters: [] };
  }

  async #perform(address: string, facts: ActionFacts, context: AnyContext): Promise<void> {
    const { clock, tally } = this.#simulation;
    const { attempt, signal } = context;
    const path = `${context.runId}/${context.path}`;
    if (attempt > 1) tally.waited(clock.monotonic() - (this.#failedAt.get(path) ?? 0));
    try {
      const random = this.#randomOf(`${path} ${attempt}`);
      const duration = drawn(facts.duration, random);
      const connector = facts.connector && this.#connectors.get(facts.connector);
      if (connector) {
        for (let call = 0; call < facts.calls; call++) {
          await connector.call(address, duration / facts.calls, signal);
        }
      } else {
        tally.worked(duration);
        await clock.sleep(duration, { signal });
      }
      if (random() < facts.failures) {
        throw Object.assign(new Error(`"${address}" failed, as planned.`), { status: 500 });
      }
    } catch (error) {
      this.#failedAt.set(path, clock.monotonic());
      throw error;
    }
  }

  #delay(
    node: Extract<Node, { readonly kind: 'delay' | 'waitFor' }>,
    address: string,
    facts: Facts | undefined,
  ): Node {
    const known = facts?.of === 'delay' ? facts.duration : { mean: 0, sigma: 0 };
    const duration: Handler = (_, context) => {
      const { runId, index } = context as AnyContext;
      return drawn(known, this.#randomOf(`${runId}/${address} ${index}`));
    };
    return { ...node, kind: 'delay', duration, fixedDuration: undefined };
  }

  #loop(node: ForEachNode, address: string, facts: Facts | undefined): ForEachNode {
    const { loop } = this.#simulation;
    const { items = 0, keys = undefined } = facts?.of === 'loop' ? facts : {};
    const all = Array.from({ length: items }, (_, index) => index);
    const most = loop?.address === address ? loop.degree : node.concurrency.most;
    return {
      ...node,
      items: () => all,
      concurrency: { most, adaptive: undefined },
      key: node.key && keys !== undefined ? (_, index) => index % keys : undefined,
      id: undefined,
      keep: 'summary',
    };
  }

  #branching(node: BranchingNode, address: string, facts: Facts | undefined): BranchingNode {
    const shares = facts?.of === 'branching' ? facts.shares : [];
    const choose: Handler = (_, context) => {
      const { runId, index } = context as AnyContext;
      let left = this.#randomOf(`${runId}/${address} ${index}`)();
      const taken = shares.find(([, share]) => {
        left -= share;
        return left < 0;
      });
      return (taken ?? shares.at(-1))?.[0] ?? '';
    };
    return { ...node, choose };
  }
}

function nothing(): undefined {}

const nothingKnown: ActionFacts = {
  of: 'action',
  duration: { mean: 0, sigma: 0 },
  connector: undefined,
  calls: 1,
  failures: 0,
};

function drawn(
  { mean, sigma }: { readonly mean: number; readonly sigma: number },
  random: Random,
): number {
  return sigma === 0 ? mean : logNormal(mean, sigma, random);
}
