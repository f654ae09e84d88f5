/**
 * Checks a plan against the definition that it is for, and fills in what it leaves out.
 *
 * Invariant: every address of the plan is one of the definition and every fact fits what stands there, so a mistyped
 * name never means that something is simulated with a default.
 * @module
 */
import type { Workflow } from '@runafter/core';
import type { Body, BranchingNode, Node } from '@runafter/core/definition';
import { didYouMean } from '@runafter/errors';
import type { Facts, KnownConnector, KnownFacts } from './known-facts.ts';
import type { Plan, PlannedAction } from './plan.ts';
import { PlanError, PlanIncompleteError } from './plan-errors.ts';
import { checkFields, countIn, durationIn, shareIn, show } from './plan-fields.ts';
import { isKnownLimit, readConnector } from './read-connectors.ts';

/**
 * @throws {PlanError} `PLAN_INVALID`
 * @throws {PlanIncompleteError} `PLAN_INCOMPLETE`
 */
export function readPlan(workflow: Workflow<unknown, unknown>, plan: Plan): KnownFacts {
  const reader = new PlanReader(plan);
  reader.readBody(workflow.definition.body, '', true);
  return reader.finish();
}

class PlanReader {
  readonly #plan: Plan;
  readonly #actions = new Map<string, Facts>();
  readonly #connectors = new Map<string, KnownConnector>();
  readonly #missing: Record<string, 'duration' | 'items'> = {};
  readonly #addresses: string[] = [];

  constructor(plan: Plan) {
    checkFields('content', plan, ['actions', 'duration', 'connectors']);
    checkFields('actions', plan.actions ?? {}, Object.keys(plan.actions ?? {}));
    checkFields('connectors', plan.connectors ?? {}, Object.keys(plan.connectors ?? {}));
    if (plan.duration !== undefined) durationIn('duration', plan.duration);
    this.#plan = plan;
    for (const [name, planned] of Object.entries(plan.connectors ?? {})) {
      this.#connectors.set(name, readConnector(name, planned));
    }
  }

  finish(): KnownFacts {
    for (const address of Object.keys(this.#plan.actions ?? {})) {
      if (this.#addresses.includes(address)) continue;
      const hint = didYouMean(address, this.#addresses);
      throw new PlanError(placeOf(address), `stands for nothing in the workflow.${hint}`);
    }
    if (Object.keys(this.#missing).length > 0) throw new PlanIncompleteError(this.#missing);
    return { actions: this.#actions, connectors: this.#connectors };
  }

  /** @param isTaken - it can run at all: nothing has to be known of a branch that is never taken. */
  readBody(body: Body, prefix: string, isTaken: boolean): void {
    for (const node of body.nodes) this.#readNode(node, prefix, isTaken);
  }

  #readNode(node: Node, prefix: string, isTaken: boolean): void {
    const address = prefix + node.name;
    this.#addresses.push(address);
    const planned = this.#plan.actions?.[address] ?? {};
    const facts = this.#factsOf(node, address, planned, isTaken);
    if (facts !== undefined) this.#actions.set(address, facts);
    if (node.kind === 'child') this.readBody(node.workflow.body, `${address}/`, isTaken);
    else if (node.kind === 'condition' || node.kind === 'switch') {
      const shares = facts?.of === 'branching' ? facts.shares : [];
      for (const branch of node.branches) {
        this.#addresses.push(`${address}/${branch.name}`);
        const isBranchTaken = isTaken && shares.some(([name]) => name === branch.name);
        this.readBody(branch.body, `${address}/${branch.name}/`, isBranchTaken);
      }
    } else if ('body' in node) this.readBody(node.body, `${address}/`, isTaken);
  }

  #factsOf(
    node: Node,
    address: string,
    planned: PlannedAction,
    isTaken: boolean,
  ): Facts | undefined {
    const place = placeOf(address);
    checkFields(place, planned, fieldsOf[node.kind] ?? []);
    switch (node.kind) {
      case 'action':
        return this.#action(address, planned, isTaken);
      case 'delay':
      case 'waitFor': {
        const duration =
          planned.duration ?? (node.kind === 'delay' ? node.fixedDuration : undefined);
        if (duration !== undefined) {
          return { of: 'delay', duration: durationIn(`${place}.duration`, duration) };
        }
        if (isTaken) this.#missing[address] = 'duration';
        return undefined;
      }
      case 'forEach': {
        if (planned.items === undefined && isTaken) this.#missing[address] = 'items';
        const { items = 0, keys } = planned;
        return {
          of: 'loop',
          items: countIn(`${place}.items`, items, 0),
          keys: keys === undefined ? undefined : countIn(`${place}.keys`, keys, 1),
        };
      }
      case 'condition':
      case 'switch':
        return { of: 'branching', shares: sharesIn(`${place}.takes`, planned.takes, node) };
      case 'until':
        return { of: 'until', rounds: countIn(`${place}.rounds`, planned.rounds ?? 1, 1) };
      default:
        return undefined;
    }
  }

  #action(address: string, planned: PlannedAction, isTaken: boolean): Facts | undefined {
    const place = placeOf(address);
    const { connector, failures = 0, duration = this.#plan.duration } = planned;
    if (connector === undefined && planned.calls !== undefined) {
      throw new PlanError(`${place}.calls`, 'says how many calls, but not of what. Add connector.');
    }
    if (connector !== undefined) this.#checkConnector(connector, place);
    if (duration === undefined) {
      if (isTaken) this.#missing[address] = 'duration';
      return undefined;
    }
    return {
      of: 'action',
      duration: durationIn(`${place}.duration`, duration),
      connector,
      calls: countIn(`${place}.calls`, planned.calls ?? 1, 1),
      failures: shareIn(`${place}.failures`, failures),
    };
  }

  /** One that has limits by name need not be declared. */
  #checkConnector(name: string, place: string): void {
    if (this.#connectors.has(name)) return;
    if (isKnownLimit(name)) this.#connectors.set(name, readConnector(name, name));
    else {
      const names = [...this.#connectors.keys()];
      const problem = `is ${show(name)}, which stands neither in connectors nor in connectorLimits.`;
      throw new PlanError(`${place}.connector`, problem + didYouMean(name, names));
    }
  }
}

const fieldsOf: Readonly<Partial<Record<Node['kind'], readonly (keyof PlannedAction)[]>>> = {
  action: ['duration', 'connector', 'calls', 'failures'],
  delay: ['duration'],
  waitFor: ['duration'],
  forEach: ['items', 'keys'],
  condition: ['takes'],
  switch: ['takes'],
  until: ['rounds'],
};

function placeOf(address: string): string {
  return `actions[${JSON.stringify(address)}]`;
}

function sharesIn(
  place: string,
  takes: PlannedAction['takes'],
  { kind, branches, otherwise }: BranchingNode,
): readonly (readonly [string, number])[] {
  const names = branches.map(({ name }) => name);
  if (kind === 'condition' && !names.includes('else')) names.push('else');
  if (kind === 'switch' && otherwise === 'nothing') names.push('none');
  const shares = Object.entries(
    typeof takes === 'object' && takes !== null ? takes : { [takes ?? names[0] ?? '']: 1 },
  );
  for (const [name, share] of shares) {
    shareIn(`${place}.${name}`, share);
    if (names.includes(name)) continue;
    throw new PlanError(place, `names the branch ${show(name)}. There are ${names.join(', ')}.`);
  }
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  if (Math.abs(sum - 1) < 1e-6) return shares.filter(([, share]) => share > 0);
  throw new PlanError(
    place,
    `has shares that are ${sum} together. Write shares that are 1 together.`,
  );
}
