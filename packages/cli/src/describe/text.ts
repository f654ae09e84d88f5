/**
 * A workflow as an indented list: each with what it is and what it runs after.
 * @module
 */
import type {
  BodyDescription,
  NodeDescription,
  RunAfterDescription,
  WorkflowDescription,
} from '@runafter/core';
import { printable } from '../printable.ts';
import type { Style } from '../session.ts';
import { factsOf } from './node-facts.ts';
import { statusesText } from './statuses-text.ts';

/** Lines for people, each ended. */
export function toText(workflow: WorkflowDescription, style: Style): string {
  const { name, version, timeout, maxConcurrentActions, events, body } = workflow;
  const facts = [
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(timeout === undefined ? [] : [`at most ${timeout.text}`]),
    ...(maxConcurrentActions === undefined ? [] : [`${maxConcurrentActions} handlers at once`]),
    ...(events.length === 0 ? [] : [`waits for ${events.join(', ')}`]),
  ];
  const lines = [
    line(style.bold(printable(name)), facts, '', style),
    ...bodyLines(body, '  ', style),
  ];
  return lines.map((each) => `${each}\n`).join('');
}

function bodyLines({ actions }: BodyDescription, indent: string, style: Style): string[] {
  return actions.flatMap((node) => nodeLines(node, indent, style));
}

function nodeLines(node: NodeDescription, indent: string, style: Style): string[] {
  const { name, criticality, runAfter } = node;
  const weight = criticality === 'critical' ? [] : [criticality];
  const after = runAfter.length === 0 ? [] : [`after ${runAfter.map(edgeText).join(', ')}`];
  const own = line(printable(name), [...factsOf(node), ...weight, ...after], indent, style);
  if ('branches' in node) {
    const branches = node.branches.flatMap((branch) => [
      `${indent}  ${style.cyan(printable(branch.name))}`,
      ...bodyLines(branch.body, `${indent}    `, style),
    ]);
    return [own, ...branches];
  }
  return 'body' in node ? [own, ...bodyLines(node.body, `${indent}  `, style)] : [own];
}

function edgeText({ name, statuses }: RunAfterDescription): string {
  const text = statusesText(statuses);
  return text === 'Succeeded' ? printable(name) : `${printable(name)} (${text})`;
}

function line(name: string, facts: readonly string[], indent: string, style: Style): string {
  const rest = facts.length === 0 ? '' : `  ${style.dim(facts.map(printable).join(' · '))}`;
  return `${indent}${name}${rest}`;
}
