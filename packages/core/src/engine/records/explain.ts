/**
 * Why a run ended as it did: which leaf decided its status, and by which chain of actions.
 * @module
 */
import type { ActionError } from '../../result.ts';
import { type Status, SUCCEEDED, statusName } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import type { RunEngine } from '../run-engine.ts';
import { chainToCause } from '../verdict.ts';
import type { SparedFailure } from './digest.ts';

/** How many steps at each end of a long chain the text shows. */
const endsInText = 10;

/** One step of an explanation: a leaf, what it waited for, what was inside that. */
export interface ExplanationStep {
  readonly path: string;
  readonly status: Status;
  readonly code: string;
  /** In words, with the names: why this step matters. */
  readonly because: string;
}

/** Answers "why?": in words, and step by step from the deciding leaf to the first cause. */
export interface Explanation {
  /** Undefined while the run goes on. */
  readonly status: Status | undefined;
  readonly text: string;
  readonly chain: readonly ExplanationStep[];
}

/** The innermost record that made `state` end as it did; undefined for undefined. */
function deepestCause(state: ActionState | undefined): ActionState | undefined {
  let cause = state;
  while (cause !== undefined) {
    const last = chainToCause(cause).at(-1) as ActionState;
    const inside = last.value === undefined ? last.detail?.deciding?.() : undefined;
    if (inside === undefined) return last;
    cause = inside;
  }
  return undefined;
}

/** The error of a container that a leaf has made fail: the innermost one, with its path. */
export function errorOfCause(leaf: ActionState | undefined): ActionError | undefined {
  const cause = deepestCause(leaf);
  if (cause === undefined) return undefined;
  const { code, fullPath, status, error } = cause;
  return { code, message: `"${fullPath}" ended ${status}: ${error?.message}` };
}

/** The steps from a deciding leaf to the innermost cause. */
function explainLeaf(leaf: ActionState): ExplanationStep[] {
  const steps: ExplanationStep[] = [];
  let next: ActionState | undefined = leaf;
  while (next !== undefined) {
    const chain: ActionState[] = chainToCause(next);
    chain.forEach((state, position) => {
      steps.push(stepOf(state, chain[position + 1]));
    });
    const last: ActionState = chain.at(-1) as ActionState;
    next = last.value === undefined ? last.detail?.deciding?.() : undefined;
  }
  return steps;
}

function stepOf(state: ActionState, cause: ActionState | undefined): ExplanationStep {
  const { fullPath: path, status, code } = state;
  if (cause !== undefined) {
    const because =
      `"${state.name}" was skipped and takes the status of what it waited for: ` +
      `"${cause.name}" ended ${cause.status}.`;
    return { path, status, code, because };
  }
  const is = isCriticalAmongOthers(state) ? 'is critical and ended' : 'ended';
  return { path, status, code, because: `"${path}" ${is} ${status}: ${state.error?.message}` };
}

/** Where everything is critical, which is the default, saying so would only be noise. */
function isCriticalAmongOthers({ node, frame }: ActionState): boolean {
  return (
    node.criticality === 'critical' &&
    node.successors.length === 0 &&
    frame.body.nodes.some(({ criticality }) => criticality !== 'critical')
  );
}

/** What failed and did not matter that much, in words. */
function spared({ path, status, error, criticality }: SparedFailure): string {
  const meaning = criticality === 'important' ? 'flagged for review' : 'only recorded';
  return `"${path}" is ${criticality}, so that it ended ${status} is ${meaning}: ${error?.message}`;
}

/** The sentence on top of an explanation of what did not succeed. */
function summary(subject: string, bits: number, steps: readonly ExplanationStep[]): string {
  const [leaf] = steps;
  const status = statusName(bits) ?? 'is still running';
  if (leaf === undefined) return `${subject} ended ${status}.`;
  const lines = shortened(
    steps.map(({ because }) => because),
    'steps',
    'chain',
  );
  const text = lines.map((line, depth) => `${'  '.repeat(depth + 1)}${line}`).join('\n');
  return `${subject} ended ${status} because of its leaf "${leaf.path}" (${leaf.status}).\n${text}`;
}

/**
 * What a person reads of a long list: where it begins and where it leads.
 *
 * @param what - what each line is.
 * @param all - where the rest is.
 */
function shortened(lines: readonly string[], what: string, all: string): readonly string[] {
  const left = lines.length - 2 * endsInText;
  if (left <= 1) return lines;
  return [
    ...lines.slice(0, endsInText),
    `… and ${left} ${what} more: \`${all}\` has them all.`,
    ...lines.slice(-endsInText),
  ];
}

/** Explains a whole run. */
export function explainRun(run: RunEngine): Explanation {
  const status = statusName(run.bits);
  const subject = `Run of "${run.workflow.name}"`;
  if (status === undefined) return { status, text: `${subject} is still running.`, chain: [] };
  const stopped = run.root.decidedFromOutside();
  if (stopped !== undefined) {
    return { status, text: `${subject} ended ${status}. ${stopped.message}`, chain: [] };
  }
  if (run.bits === SUCCEEDED) {
    const lines = shortened(run.digest().spared.map(spared), 'failures', 'handledFailures').map(
      (line) => `\n  ${line}`,
    );
    const text = `${subject} Succeeded: none of its leaves is failing.${lines.join('')}`;
    return { status, text, chain: [] };
  }
  const leaf = run.root.deciding();
  const chain = leaf === undefined ? [] : explainLeaf(leaf);
  return { status, text: summary(subject, run.bits, chain), chain };
}
