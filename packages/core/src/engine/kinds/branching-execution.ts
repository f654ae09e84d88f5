/**
 * A condition or a switch: a container whose children are its branches. One is taken, the others are
 * one skipped record each and do not count for the status.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { Body, BranchingNode } from '../../definition/definition.ts';
import { showValue } from '../../definition/rules/show-value.ts';
import type { ActionError } from '../../result.ts';
import { RUNNING, SKIPPED } from '../../status.ts';
import { type ActionState, UNMET } from '../action-state.ts';
import type { Detail } from '../detail.ts';
import type { Frame } from '../frame.ts';
import { goOnWith } from '../go-on-with.ts';
import { FlowContext } from '../handlers/flow-context.ts';
import type { Journal } from '../journal.ts';
import type { RunEngine } from '../run-engine.ts';
import { SingleBody } from './single-body.ts';

/** `SWITCH_CASE_MISSING`: the switch has no case for the name that was chosen, and no default. */
export class SwitchCaseError extends RunafterError {
  readonly path: string;
  readonly value: unknown;

  constructor(path: string, value: unknown, cases: readonly string[]) {
    super(
      'SWITCH_CASE_MISSING',
      `"${path}" chose ${showValue(value)}, but has only the cases ` +
        `${cases.join(', ')}. Add the case, or a default.`,
    );
    this.path = path;
    this.value = value;
  }
}

export class BranchingExecution extends SingleBody {
  readonly #node: BranchingNode;
  #taken: ActionState | undefined;
  #fault: { readonly thrown: unknown } | undefined;

  constructor(run: RunEngine, node: BranchingNode, state: ActionState) {
    super(run, bodyOfBranches(node), state);
    this.#node = node;
  }

  override begin(): void {
    const state = this.state as ActionState;
    const { journal } = this.run;
    const chosen = journal?.progress(state)?.choice;
    goOnWith(
      () => (chosen ? chosen.name : this.#node.choose(state.handed, new FlowContext(state))),
      (name) => (journal && !chosen ? this.#keep(textOf(name), journal) : this.#take(name)),
      (thrown) => this.#failToChoose(thrown),
    );
  }

  /** A choice is kept before anything follows from it: asked again, it might be another. */
  #keep(name: string, journal: Journal): void {
    const kept = journal.save(this.state as ActionState, { choice: { name } });
    kept.then(() => this.#take(name)).catch((thrown: unknown) => this.#failToChoose(thrown));
  }

  #take(name: unknown): void {
    if (this.stop !== undefined) {
      this.#skipAll();
      return;
    }
    const index = this.#indexOf(name);
    this.#taken = index === undefined ? undefined : this.frame.at(index);
    const others = this.frame.states.filter((branch) => branch !== this.#taken);
    for (const branch of others) {
      branch.detail = new UntakenBranch(`"${this.path}" took ${this.#taken?.name ?? 'no branch'}.`);
      branch.bits = UNMET;
    }
    this.run.open(this.frame);
    this.run.drain();
  }

  #indexOf(name: unknown): number | undefined {
    const { otherwise } = this.#node;
    const index = this.body.names.get(textOf(name));
    if (index !== undefined) return index;
    if (otherwise === 'nothing') return undefined;
    if (otherwise !== 'fail') return otherwise.branch;
    throw new SwitchCaseError(this.path, name, [...this.body.names.keys()]);
  }

  #failToChoose(thrown: unknown): void {
    this.#fault = { thrown };
    this.#skipAll();
  }

  override frameEnded(frame: Frame): void {
    if (this.#fault === undefined) super.frameEnded(frame);
    else this.fail(this.#fault.thrown);
  }

  #skipAll(): void {
    for (const branch of this.frame.states) {
      if (branch.bits === RUNNING) this.#skip(branch, `"${this.path}" did not choose a branch.`);
    }
  }

  #skip(branch: ActionState, message: string): void {
    branch.detail = new UntakenBranch(message);
    this.run.skip(branch);
  }

  override output(): unknown {
    return this.#taken?.realOutputs;
  }

  /** Which branch was taken follows from which were skipped, once all have ended. */
  protected override restored(): void {
    this.#taken = this.frame.states.find(({ bits }) => bits !== SKIPPED);
  }

  protected override halted(): void {
    // Nothing runs yet while a promise is choosing; what it chooses does not matter any more.
    if (this.#taken === undefined) this.#skipAll();
  }
}

/** Cases are named by text, as keys of objects are: 1 means the case '1'. */
function textOf(name: unknown): string {
  const isPlain = ['number', 'bigint', 'boolean'].includes(typeof name);
  return isPlain ? String(name) : (name as string);
}

class UntakenBranch implements Detail {
  readonly #message: string;

  constructor(message: string) {
    this.#message = message;
  }

  error(): ActionError {
    return { code: 'BRANCH_NOT_TAKEN', message: this.#message };
  }
}

const bodies = new WeakMap<BranchingNode, Body>();

function bodyOfBranches(node: BranchingNode): Body {
  let body = bodies.get(node);
  if (body === undefined) {
    const indexes = node.branches.map((branch) => branch.index);
    body = {
      nodes: node.branches,
      names: new Map(node.branches.map((branch) => [branch.name, branch.index])),
      roots: indexes,
      leaves: indexes,
      output: undefined,
      outputIsSecure: node.secureOutputs,
    };
    bodies.set(node, body);
  }
  return body;
}
