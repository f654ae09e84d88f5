/**
 * What is worth saying of a node beside its name, in a drawing or a list.
 * @module
 */
import type {
  AdaptiveDescription,
  CountDescription,
  NodeDescription,
  RetryDescription,
} from '@runafter/core';

/** Short texts, most important first. None for a plain action. */
export function factsOf(node: NodeDescription): string[] {
  const { timeout } = node;
  return [...ownFacts(node), ...(timeout === undefined ? [] : [`at most ${timeout.text}`])];
}

function ownFacts(node: NodeDescription): string[] {
  switch (node.kind) {
    case 'action':
      return node.retry === undefined ? [] : [retryText(node.retry)];
    case 'forEach':
      return [
        `for each, ${atOnce(node.concurrency)}`,
        ...(node.key ? ['one at a time for each key'] : []),
      ];
    case 'until':
      return [`until, at most ${node.maxIterations} rounds`];
    case 'child':
      return [`workflow ${node.workflow}`];
    case 'delay':
      return [typeof node.duration === 'string' ? 'delay' : `delay ${node.duration.text}`];
    case 'waitFor':
      return [`waits for ${node.event}`];
    case 'terminate':
      return [`ends the run ${node.status}`];
    case 'container':
      return [[node.container, ...optionTexts(node.options)].join(', ')];
    case 'scope':
      return [];
    case 'condition':
    case 'switch':
      return [node.kind];
  }
}

function retryText({ type, count, interval }: RetryDescription): string {
  return count === 'unbounded'
    ? `retries ${type === 'fixed' ? 'every' : 'from'} ${interval.text}`
    : `${count} retries ${type === 'fixed' ? 'every' : 'from'} ${interval.text}`;
}

function atOnce(concurrency: CountDescription | AdaptiveDescription): string {
  if (concurrency === 'unbounded') return 'all at once';
  if (concurrency === 1) return 'one by one';
  if (typeof concurrency === 'number') return `${concurrency} at once`;
  return concurrency.max === 'unbounded' ? 'adaptive' : `adaptive, up to ${concurrency.max}`;
}

/** Such as `need 2`; functions say nothing here. */
function optionTexts(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options)
    .filter(([, value]) => ['number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name} ${value}`);
}
