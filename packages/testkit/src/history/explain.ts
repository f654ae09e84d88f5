/**
 * Says why a history cannot be, in words and as a drawing.
 * @module
 */
import { type Bar, drawTimeline } from './draw-timeline.ts';
import type { FailingWindow } from './failing-window.ts';
import { never, type ObjectHistory } from './object-history.ts';
import { valueText } from './value-text.ts';

/** Of many states, so many are named. */
const named = 6;

/**
 * Explains a failing window.
 *
 * @param partition - which object it is, where there are several.
 */
export function explain<State>(
  history: ObjectHistory<State, unknown, unknown>,
  window: FailingWindow<State>,
  partition?: string | number,
): string {
  const { model } = history;
  const { culprit } = window;
  const which = partition === undefined ? '' : ` ${valueText(partition)}`;
  return [
    `Not linearizable: no order of these operations explains their results (${model.name}${which}).`,
    '',
    `Before: ${before(history, window)}.`,
    '',
    ...draw(history, window),
    '',
    `${clientOf(history, culprit)}: ${labelOf(history, culprit)} has no place: whenever it can have taken effect, ${statesText(history, window.statesMet)}.`,
    legend(history, window),
  ].join('\n');
}

function before<State>(
  history: ObjectHistory<State, unknown, unknown>,
  { before, operations }: FailingWindow<State>,
): string {
  const isShown = (operation: number) => operations.includes(operation);
  const states = statesText(
    history,
    before.map(({ state }) => state),
  );
  const mayHaveBegun = before.some(({ early }) => early.some(isShown));
  return mayHaveBegun ? `${states}; what crosses the | may have taken effect by then` : states;
}

function statesText<State>(
  history: ObjectHistory<State, unknown, unknown>,
  states: readonly State[],
): string {
  const texts = [...new Set(states.map((state) => describeState(history, state)))];
  const more = texts.length > named ? [`is in one of ${texts.length - named} other states`] : [];
  return `the ${history.model.name} ${[...texts.slice(0, named), ...more].join(', or ')}`;
}

function draw<State>(
  history: ObjectHistory<State, unknown, unknown>,
  { operations, culprit, leadingUp }: FailingWindow<State>,
): string[] {
  const { invokedAt, returnedAt } = history;
  const bars = [...leadingUp, ...operations].map((operation): Bar => {
    const end = returnedAt[operation] as number;
    return {
      client: clientOf(history, operation),
      label: labelOf(history, operation),
      start: invokedAt[operation] as number,
      end: end === never ? Infinity : end,
      ...(operation === culprit && { remark: 'cannot be' }),
    };
  });
  const lastBefore = leadingUp.at(-1);
  const divider = lastBefore === undefined ? -1 : (returnedAt[lastBefore] as number) + 0.5;
  return drawTimeline(bars, { divider, until: returnedAt[culprit] as number });
}

/** What the signs mean that the drawing has. */
function legend<State>(
  { returnedAt }: ObjectHistory<State, unknown, unknown>,
  { operations, culprit, leadingUp }: FailingWindow<State>,
): string {
  const until = returnedAt[culprit] as number;
  const ends = operations.map((operation) => returnedAt[operation] as number);
  const signs = ['[ invoked, ] returned'];
  if (leadingUp.length > 0) signs.push('| here the window begins');
  if (ends.some((end) => end > until && end !== never)) signs.push('> returned later');
  if (ends.includes(never)) signs.push('? outcome unknown: it may have taken effect, or not');
  return `(${signs.join('; ')})`;
}

function clientOf(
  { operations }: ObjectHistory<unknown, unknown, unknown>,
  operation: number,
): string {
  return operations[operation]?.client ?? '';
}

function opText(
  { operations, model }: ObjectHistory<unknown, unknown, unknown>,
  operation: number,
): string {
  const op = operations[operation]?.op;
  return model.describe?.(op) ?? valueText(op);
}

function labelOf(history: ObjectHistory<unknown, unknown, unknown>, operation: number): string {
  const outcome = history.operations[operation]?.outcome;
  const text = opText(history, operation);
  return outcome?.status === 'ok' && outcome.value !== undefined
    ? `${text} -> ${valueText(outcome.value)}`
    : text;
}

function describeState<State>(
  { model }: ObjectHistory<State, unknown, unknown>,
  state: State,
): string {
  return model.describeState?.(state) ?? `is ${valueText(state)}`;
}
