/**
 * A container whose kind is defined outside this package: a body like a scope's, with the hooks of its
 * kind around it.
 *
 * Invariant: `finish` is called once, when every child has ended, and nothing from outside reaches
 * what it does. A hook that throws fails the container; its children are cancelled first.
 * Read next: container-kind.ts, the promises that are kept here.
 * @module
 */
import type {
  Child,
  Container,
  ContainerContext,
  ContainerKind,
  Verdict,
} from '../../container-kind.ts';
import type { ContainerNode } from '../../definition/definition.ts';
import { DefinitionError } from '../../definition/definition-error.ts';
import { checkName } from '../../definition/rules/name-rules.ts';
import { isThenable } from '../../definition/rules/show-value.ts';
import type { ActionError } from '../../result.ts';
import { type Status, type StatusBits, SUCCEEDED, statusBits, statusName } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import type { Frame } from '../frame.ts';
import { FlowContext } from '../handlers/flow-context.ts';
import { performShielded } from '../handlers/shielded-activity.ts';
import { idempotencyKey } from '../idempotency-key.ts';
import type { ActionRecord } from '../records/action-record.ts';
import type { Digest } from '../records/digest.ts';
import { errorOfCause } from '../records/explain.ts';
import type { RunEngine } from '../run-engine.ts';
import { cancelled, type Stop } from '../stop.ts';
import { decidingLeaf, isCertainToFail, leafStatus } from '../verdict.ts';
import { ContainerChild } from './container-child.ts';
import { checkVerdict, errorOfVerdict } from './container-verdict.ts';
import { SingleBody } from './single-body.ts';

export class ContainerExecution extends SingleBody {
  readonly kind: ContainerKind<unknown, unknown>;
  readonly #control: Container<unknown, unknown>;
  readonly #children: ReadonlyMap<ActionState, Child>;
  readonly #shielded: ActionState[] = [];
  /** What is awaited before the container ends: hooks and functions of the last phase. None rejects. */
  readonly #pending: Promise<unknown>[] = [];
  #saved: unknown;
  #hasState = false;
  /** An order from outside; one that the kind itself gave its children does not decide the status. */
  #outside: Stop | undefined;
  /** Its own `timeout` has passed, before any other order to stop came. */
  #isLate = false;
  #hookFault: { readonly thrown: unknown } | undefined;
  #verdict: Verdict | undefined;

  constructor(run: RunEngine, node: ContainerNode, state: ActionState) {
    super(run, node.body, state);
    this.kind = node.container;
    this.#children = new Map(this.frame.states.map((child) => [child, new ContainerChild(child)]));
    this.#control = this.#makeControl(node, state);
  }

  /** The container as its kind sees it. */
  get control(): Container<unknown, unknown> {
    return this.#control;
  }

  override begin(): void {
    const known = this.run.journal?.progress(this.state as ActionState)?.saved;
    try {
      this.#saved = known ? known.value : this.kind.initialState?.(this.#control.options);
      this.#hasState = true;
    } catch (thrown) {
      this.#hookFailed(thrown);
    }
    super.begin();
  }

  override childStarting(state: ActionState): Promise<void> | undefined {
    const { childStarting } = this.kind;
    if (childStarting === undefined) return undefined;
    const child = this.#children.get(state) as Child;
    return (async () => childStarting(this.#control, child))();
  }

  override childEnded(state: ActionState): void {
    const { childEnded } = this.kind;
    if (childEnded === undefined) return;
    const child = this.#children.get(state) as Child;
    try {
      const returned: unknown = childEnded(this.#control, child);
      if (!isThenable(returned)) return;
      const noted = Promise.resolve(returned).catch((thrown) => this.#hookFailed(thrown));
      this.#pending.push(noted);
    } catch (thrown) {
      this.#hookFailed(thrown);
    }
  }

  override frameEnded(frame: Frame): void {
    if (this.kind.finish === undefined && this.#pending.length === 0) this.#end(leafStatus(frame));
    else void this.#finish(frame);
  }

  /** Never rejects. */
  async #finish(frame: Frame): Promise<void> {
    await Promise.all(this.#pending);
    try {
      if (this.#hasState) {
        const verdict = await this.kind.finish?.(this.#control);
        this.#verdict = checkVerdict(verdict, this.kind.name, this.path);
      }
    } catch (thrown) {
      this.#hookFailed(thrown);
    }
    await Promise.all(this.#pending);
    this.#end(leafStatus(frame));
  }

  #end(leaves: StatusBits): void {
    const verdict = this.#verdict;
    if (this.#hookFault !== undefined) {
      this.stop = undefined;
      this.fail(this.#hookFault.thrown);
    } else if (verdict !== undefined) {
      this.stop = undefined;
      this.end(statusBits(verdict.status), this.#errorOf(verdict));
    } else {
      this.stop = this.#outside;
      this.end(leaves);
    }
  }

  /** A verdict without words of its own leaves the explanation to the leaf that failed, if one did. */
  #errorOf(verdict: Verdict): ActionError | undefined {
    const hasWords = verdict.code !== undefined || verdict.message !== undefined;
    if (!hasWords && this.deciding() !== undefined) return undefined;
    return errorOfVerdict(verdict, this.path);
  }

  #hookFailed(thrown: unknown): void {
    this.#hookFault ??= { thrown };
    this.#cancelChildren('CONTAINER_KIND_FAILED', `The kind "${this.kind.name}" has failed.`);
  }

  #cancelChildren(code: string, message: string): void {
    super.halt(cancelled(code, message));
  }

  override halt(stop: Stop): void {
    this.#outside ??= stop;
    super.halt(stop);
  }

  protected override timeIsUp(): void {
    this.#isLate = this.#outside === undefined;
    super.timeIsUp();
  }

  #makeControl(node: ContainerNode, state: ActionState): Container<unknown, unknown> {
    const execution = this;
    const { run, frame } = this;
    return {
      runId: run.id,
      path: state.path,
      // A getter, because the identity of a loop's item is the user's to give, and may throw.
      get idempotencyKey() {
        return idempotencyKey(state);
      },
      clock: run.clock,
      options: node.options,
      context: new FlowContext(state) as ContainerContext,
      children: [...this.#children.values()],
      get stopped() {
        const stop = execution.#outside;
        if (stop === undefined) return undefined;
        const status = statusName(stop.bits) as 'Cancelled' | 'TimedOut';
        const { code, message } = stop.error;
        return { status, code, message, isOwnTimeout: execution.#isLate };
      },
      get leafStatus() {
        return statusName(leafStatus(frame)) as Status;
      },
      get leafError() {
        return errorOfCause(decidingLeaf(frame));
      },
      get failureIsCertain() {
        return isCertainToFail(frame);
      },
      get state() {
        return execution.#saved;
      },
      saveState: async (value) => {
        execution.#saved = value;
        await run.journal?.save(state, { saved: { value } });
      },
      cancelChildren: ({ code, message }) => this.#cancelChildren(code, message),
      perform: (name, handler, options = {}) => {
        this.#checkName(name);
        const performed = performShielded(frame, name, handler, options, this.#shielded);
        this.#pending.push(performed);
        return performed;
      },
    };
  }

  /** Functions of the last phase have a path and an idempotency key, as children do. */
  #checkName(name: string): void {
    const place = { workflow: this.run.workflow.name, path: this.path, kind: this.kind.name };
    checkName(name, 'function of the last phase', place);
    if (!this.body.names.has(name) && !this.#shielded.some((state) => state.name === name)) return;
    throw new DefinitionError(
      'NAME_DUPLICATE',
      place,
      `perform() was given the name ${JSON.stringify(name)}, which the container has already. ` +
        'The name makes the idempotency key, so give each function one of its own.',
      { option: 'name', value: name },
    );
  }

  override output(): unknown {
    const own = this.ownOutput();
    return own === undefined ? super.output() : own.value;
  }

  ownOutput(): { readonly value: unknown } | undefined {
    const verdict = this.#verdict;
    return verdict !== undefined && 'outputs' in verdict ? { value: verdict.outputs } : undefined;
  }

  override kept(): unknown {
    return this.ownOutput() && { decided: true };
  }

  protected override restored(
    kept: unknown,
    _frames: readonly Frame[],
    shielded: readonly ActionState[],
  ): void {
    if (kept !== undefined) this.#verdict = { status: 'Succeeded', outputs: this.state?.value };
    this.#shielded.push(...shielded);
  }

  override records(): readonly ActionRecord[] {
    return [...super.records(), ...this.#shielded];
  }

  override lastPhase(): readonly ActionState[] {
    return this.#shielded;
  }

  override digest(digest: Digest): void {
    super.digest(digest);
    digest.addShielded(this.#shielded, this.state?.bits === SUCCEEDED);
  }
}
