/**
 * What the functions beside the handlers give: the items of a loop, from each kind of source, and the
 * choice of a condition or switch, and what an until asks.
 * @module
 */
import { initialState } from './oracle.ts';
import { type DelayPlan, entryFor, type ForEachPlan, itemAt, type UntilPlan } from './plan.ts';

type Source = Iterable<string> | AsyncIterable<string> | Promise<Iterable<string>>;

/** Gives the items; where the plan says so it fails, also by a promise that is rejected. */
export function itemsOf({ items, source }: ForEachPlan): Source {
  if (items === 'throws') {
    const error = new Error('There are no items, as planned.');
    if (source === 'promise') return Promise.reject(error);
    throw error;
  }
  const list = Array.from({ length: items }, (_, index) => itemAt(index));
  switch (source) {
    case 'array':
      return list;
    case 'generator':
      return list.values();
    case 'stream':
      return stream(list);
    case 'promise':
      return Promise.resolve(list);
  }
}

async function* stream(items: readonly string[]): AsyncGenerator<string> {
  yield* items;
}

/** The key and the id of an item, where the plan wants them. */
export function identityOf({ keys, identified }: ForEachPlan): object {
  return {
    ...(keys !== undefined && { key: (_: unknown, index: number) => index % keys }),
    ...(identified && { id: (item: unknown) => item }),
  };
}

/** The input of every child workflow. */
export const childInput = 'input of a child';

/** How long a delay takes. */
export function durationOf({ duration }: DelayPlan): number {
  if (duration === 'throws') throw new Error('No duration, as planned.');
  return duration;
}

/** The choice of a condition or switch, or the error that the plan wants. */
export function chosen(choices: readonly string[], index: number | undefined): string {
  const choice = entryFor(choices, index);
  if (choice === 'throws') throw new Error('No choice, as planned.');
  return choice;
}

/** What the first round of an until begins with. */
export function firstState({ throwsIn }: UntilPlan): string {
  if (throwsIn === 'initial') throw new Error('No state, as planned.');
  return initialState;
}

/** Whether an until is done after a round. */
export function isDone({ throwsIn, doneAfter }: UntilPlan, index: number | undefined): boolean {
  if (throwsIn === 'done') throw new Error('No answer, as planned.');
  return Number(index) >= doneAfter;
}
