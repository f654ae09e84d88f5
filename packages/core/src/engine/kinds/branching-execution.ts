/**
 * A condition or a switch: a container whose children are its branches. One is taken, the others are
 * one skipped record each and do not count for the status.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { Body, BranchingNode } from '../../definition/definition.ts';
import { showValue } from '../../definition/rules/show-value.ts';
import type { ActionError } from '../../result.ts';
import { FAILED, SKIPPED } from '../../status.ts';
import { type ActionState, UNMET } from '../action-state.ts';
import type { Detail } from '../detail.ts';
import type { Frame } from '../frame.ts';
import { goOnWith } from '../go-on-with.ts';
import { FlowContext } from '../handlers/flow-context.ts';
import type { Journal } from '../journal.ts';
import { errorOf } from '../records/secure.ts';
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
  #fault: ActionError | undefined;
  #opened = false;

  constructor(run: RunEngine, node: BranchingNode, state: ActionState) {
    super(run, bodyOfBranches(node), state);
    this.#node = node;
  }

  override begin(): void {
    const state = this.state as ActionState;
    const { journal } = this.run;
    const { choice: chosen, fault } = journal?.progress(state) ?? {};
    if (fault !== undefined) {
      this.#fault = fault;
      this.#skipAll();
      return;
    }
    goOnWith(
      () => (chosen ? chosen.name : this.#node.choose(state.handed, new FlowContext(state))),
      (name) => (journal && !chosen ? this.#keep(textOf(name), journal) : this.#take(name)),
      (thrown) => this.#failToChoose(thrown),
    );
  }

  /** A choice is kept before anything follows from it: asked again, it might be another. */
  #keep(name: string, journal: Journal): void {
    goOnWith(
      () => journal.save(this.state as ActionState, { choice: { name } }),
      () => this.#take(name),
      (thrown) => this.#failToChoose(thrown),
    );
  }

  #take(name: unknown): void {
    if (this.stop !== undefined) {
      this.#skipAll();
      return;
    }
    const index = this.#indexOf(name);
    this.#taken = index === undefined ? undefined : this.frame.at(index);
    const others = this.frame.states.filter((branch) => branch !== this.#taken);
    const taken = this.#taken?.name ?? 'no branch';
    for (const branch of others) leave(branch, `"${this.path}" took ${taken}.`);
    this.#open();
  }

  #indexOf(name: unknown): number | undefined {
    const { otherwise } = this.#node;
    const index = this.body.names.get(textOf(name));
    if (index !== undefined) return index;
    if (otherwise === 'nothing') return undefined;
    if (otherwise !== 'fail') return otherwise.branch;
    throw new SwitchCaseError(this.path, name, [...this.body.names.keys()]);
  }

  /** That is kept as well: asked again, it might choose one of the branches that are skipped by now. */
  #failToChoose(thrown: unknown): void {
    const state = this.state as ActionState;
    const { journal } = this.run;
    this.#fault = errorOf(thrown, state.node, state.path);
    if (journal === undefined) this.#skipAll();
    else {
      const { code, message } = this.#fault;
      void journal.save(state, { fault: { code, message } }).then(() => this.#skipAll());
    }
  }

  override frameEnded(frame: Frame): void {
    if (this.#fault === undefined) super.frameEnded(frame);
    else this.end(FAILED, this.#fault);
  }

  #skipAll(): void {
    if (this.#opened) return;
    for (const branch of this.frame.states) {
      leave(branch, `"${this.path}" did not choose a branch.`);
    }
    this.#open();
  }

  #open(): void {
    this.#opened = true;
    this.run.open(this.frame);
    this.run.drain();
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

/** It is skipped when the branches are opened. */
function leave(branch: ActionState, message: string): void {
  branch.detail = new UntakenBranch(message);
  branch.bits = UNMET;
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
