/**
 * A container whose kind is defined outside this package: a body like a scope's, with the hooks of its
 * kind around it.
 *
 * Invariant: `finish` is called once, when every child has ended, and nothing from outside reaches
 * what it does. A hook that throws fails the container; its children are cancelled first.
 * Read next: container-kind.ts, the promises that are kept here.
 * @module
 */
import type { Child, Container, ContainerKind, Verdict } from '../container-kind.ts';
import type { ContainerNode } from '../definition/definition.ts';
import { type Status, type StatusBits, statusBits, statusName } from '../status.ts';
import type { ActionRecord } from './action-record.ts';
import type { ActionState } from './action-state.ts';
import { ContainerChild } from './container-child.ts';
import type { Digest } from './digest.ts';
import type { Frame } from './frame.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { RunEngine } from './run-engine.ts';
import { performShielded } from './shielded-activity.ts';
import { SingleBody } from './single-body.ts';
import { cancelled, type Stop } from './stop.ts';
import { leafStatus } from './verdict.ts';

export class ContainerExecution extends SingleBody {
  readonly #kind: ContainerKind<unknown, unknown>;
  readonly #control: Container<unknown, unknown>;
  readonly #children: ReadonlyMap<ActionState, Child>;
  readonly #shielded: ActionState[] = [];
  #saved: unknown;
  /** The kind itself has cancelled the children, which does not decide the container's status. */
  #childrenCancelled = false;
  #outside: Stop | undefined;
  #hookFault: { readonly thrown: unknown } | undefined;
  #verdict: Verdict | undefined;

  constructor(run: RunEngine, node: ContainerNode, state: ActionState) {
    super(run, node.body, state);
    this.#kind = node.container;
    this.#children = new Map(this.frame.states.map((child) => [child, new ContainerChild(child)]));
    this.#control = this.#makeControl(node, state);
  }

  override begin(): void {
    try {
      this.#saved = this.#kind.initialState?.(this.#control.options);
    } catch (thrown) {
      this.#hookFailed(thrown);
    }
    super.begin();
  }

  override childStarting(state: ActionState): Promise<void> | undefined {
    const { childStarting } = this.#kind;
    if (childStarting === undefined) return undefined;
    const child = this.#children.get(state) as Child;
    return (async () => childStarting(this.#control, child))();
  }

  override childEnded(state: ActionState): void {
    try {
      this.#kind.childEnded?.(this.#control, this.#children.get(state) as Child);
    } catch (thrown) {
      this.#hookFailed(thrown);
    }
  }

  override frameEnded(frame: Frame): void {
    const { finish } = this.#kind;
    if (finish === undefined) {
      this.#end(leafStatus(frame));
      return;
    }
    (async () => finish(this.#control))()
      .then(
        (verdict) => {
          this.#verdict = verdict;
        },
        (thrown: unknown) => this.#hookFailed(thrown),
      )
      .finally(() => this.#end(leafStatus(frame)));
  }

  #end(leaves: StatusBits): void {
    const verdict = this.#verdict;
    if (this.#hookFault !== undefined) {
      this.stop = undefined;
      this.fail(this.#hookFault.thrown);
    } else if (verdict !== undefined) {
      this.stop = undefined;
      this.end(statusBits(verdict.status), errorOfVerdict(verdict, this.path));
    } else {
      this.stop = this.#outside;
      this.end(leaves);
    }
  }

  #hookFailed(thrown: unknown): void {
    this.#hookFault ??= { thrown };
    this.#cancelChildren('CONTAINER_KIND_FAILED', `The kind "${this.#kind.name}" has failed.`);
  }

  #cancelChildren(code: string, message: string): void {
    this.#childrenCancelled = true;
    super.halt(cancelled(code, message));
  }

  override halt(stop: Stop): void {
    this.#outside ??= stop;
    if (!this.#childrenCancelled) super.halt(stop);
  }

  #makeControl(node: ContainerNode, state: ActionState): Container<unknown, unknown> {
    const execution = this;
    const { run, frame } = this;
    return {
      runId: run.id,
      path: state.path,
      idempotencyKey: idempotencyKey(state),
      clock: run.clock,
      options: node.options,
      children: [...this.#children.values()],
      get stopped() {
        const stop = execution.#outside;
        if (stop === undefined) return undefined;
        const status = statusName(stop.bits) as 'Cancelled' | 'TimedOut';
        return { status, code: stop.reason.code, message: stop.reason.message };
      },
      get leafStatus() {
        return statusName(leafStatus(frame)) as Status;
      },
      get state() {
        return execution.#saved;
      },
      saveState: async (saved) => {
        execution.#saved = saved;
      },
      cancelChildren: ({ code, message }) => this.#cancelChildren(code, message),
      perform: (name, handler, options = {}) => {
        return performShielded(frame, name, handler, options, this.#shielded);
      },
    };
  }

  override output(): unknown {
    const verdict = this.#verdict;
    return verdict !== undefined && 'outputs' in verdict ? verdict.outputs : super.output();
  }

  override records(): readonly ActionRecord[] {
    return [...super.records(), ...this.#shielded];
  }

  override digest(digest: Digest): void {
    super.digest(digest);
    digest.addShielded(this.#shielded);
  }
}

function errorOfVerdict(
  verdict: Verdict,
  path: string,
): { code: string; message: string } | undefined {
  if (verdict.code === undefined && verdict.message === undefined) return undefined;
  const { code = 'CONTAINER_FAILED', message = `"${path}" ended ${verdict.status}.` } = verdict;
  return { code, message };
}
