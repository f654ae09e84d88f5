/**
 * A quorum in its smallest form, to see that the extension point suffices for one: it decides as soon as
 * enough children agree, or no longer can, and cancels the rest.
 * @module
 */
import type { BodyOf, ContainerOptions, Dependency, Flow, Handle } from '@runafter/core';
import { type Container, type ContainerKind, container } from '@runafter/core/container-kind';

interface QuorumOptions {
  /** How many must say yes. */
  readonly needed: number;
}

interface Votes {
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

export interface Decision extends Votes {
  readonly decision: 'accepted' | 'rejected';
}

const quorumKind: ContainerKind<QuorumOptions, Votes> = {
  name: 'mini-quorum',
  optionNames: ['needed'],
  initialState: () => ({ yes: [], no: [] }),
  // Told again after a restart, of a vote that may have been counted: then only the rest is cancelled.
  async childEnded(quorum, { name, outputs, record }) {
    if (record?.code === 'QUORUM_DECIDED') return;
    const { yes, no } = quorum.state;
    const isCounted = decisionOf(quorum) !== undefined || [...yes, ...no].includes(name);
    const saved =
      !isCounted &&
      quorum.saveState(outputs === true ? { yes: [...yes, name], no } : { yes, no: [...no, name] });
    const decision = decisionOf(quorum);
    if (decision !== undefined) {
      quorum.cancelChildren({ code: 'QUORUM_DECIDED', message: `It is ${decision} already.` });
    }
    await saved;
  },
  finish(quorum) {
    const decision = decisionOf(quorum);
    if (decision === undefined) return undefined;
    return { status: 'Succeeded', outputs: { decision, ...quorum.state } };
  },
};

function decisionOf(quorum: Container<QuorumOptions, Votes>): Decision['decision'] | undefined {
  const { state, options, children, stopped } = quorum;
  if (state.yes.length >= options.needed) return 'accepted';
  const mayAgree = children.length - state.no.length >= options.needed;
  return mayAgree || stopped !== undefined ? undefined : 'rejected';
}

/** Adds a quorum to a flow: its children vote with true or false. */
export function quorum<In, O, X, const R extends readonly Dependency<NoInfer<O>, unknown>[]>(
  flow: Flow<In, O, X>,
  name: string,
  runAfter: R,
  body: BodyOf<In, X, R, void>,
  options: QuorumOptions & ContainerOptions,
): Handle<O, Decision> {
  return container(flow, quorumKind, name, runAfter, body, options) as Handle<O, unknown> as Handle<
    O,
    Decision
  >;
}
