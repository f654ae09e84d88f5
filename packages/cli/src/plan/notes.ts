/**
 * What of a definition a simulation does not do as a real run would.
 * @module
 */
import type { Body, Node, WorkflowDefinition } from '@runafter/core/definition';

/** Sentences for people; none where everything is simulated. */
export function notesOn({ body }: WorkflowDefinition): string[] {
  const seen = [...nodesIn(body, '')];
  const named = (matches: (node: Node) => boolean): string[] =>
    seen.filter(({ node }) => matches(node)).map(({ address }) => address);
  const limited = named((node) => node.kind === 'action' && node.limiters.length > 0);
  const adaptive = named(
    (node) => node.kind === 'forEach' && node.concurrency.adaptive !== undefined,
  );
  const foreign = named((node) => node.kind === 'container');
  return [
    ...note(limited, 'The limiters of', 'are left out: they live in real time.'),
    ...note(adaptive, 'The adaptive concurrency of', 'is taken for a fixed one.'),
    ...note(
      foreign,
      'What their kind adds to the containers',
      'is left out: they are plain scopes.',
    ),
  ];
}

function note(addresses: readonly string[], before: string, after: string): string[] {
  if (addresses.length === 0) return [];
  const [first, second, third, ...others] = addresses;
  const shown = [first, second, third].filter((address) => address !== undefined).join(', ');
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return [`${before} ${shown}${more} ${after}`];
}

function* nodesIn(body: Body, prefix: string): Generator<{ node: Node; address: string }> {
  for (const node of body.nodes) {
    const address = prefix + node.name;
    yield { node, address };
    if (node.kind === 'condition' || node.kind === 'switch') {
      for (const branch of node.branches) yield* nodesIn(branch.body, `${address}/${branch.name}/`);
    } else if (node.kind === 'child') yield* nodesIn(node.workflow.body, `${address}/`);
    else if ('body' in node) yield* nodesIn(node.body, `${address}/`);
  }
}
