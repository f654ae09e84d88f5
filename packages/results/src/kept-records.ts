/**
 * Refuses a loop that would forget an important failure which a policy is to tell: once an iteration
 * that is not kept has Succeeded, nothing of what failed in it is left.
 * @module
 */
import { type BodyDescription, DefinitionError, type NodeDescription } from '@runafter/core';

interface Place {
  readonly workflow: string;
  readonly path: string;
  readonly kind: string;
}

/**
 * Looks at everything inside a scope whose policy has `onFlagged`, but not into child workflows, which
 * are described by themselves.
 *
 * @throws {DefinitionError} `FLAGGED_NOT_KEPT`
 */
export function checkKept(body: BodyDescription, place: Place): void {
  for (const node of body.actions) {
    if (node.kind === 'forEach' && node.keep !== 'all') {
      const important = importantIn(node.body);
      if (important !== undefined) throw notKept(place, node.path, node.keep, important);
    }
    for (const inner of untoldBodiesOf(node)) checkKept(inner, place);
  }
}

/** The path of the first important node of a body that no policy further in tells, at any depth. */
function importantIn(body: BodyDescription): string | undefined {
  for (const node of body.actions) {
    if (node.criticality === 'important') return node.path;
    for (const inner of untoldBodiesOf(node)) {
      const path = importantIn(inner);
      if (path !== undefined) return path;
    }
  }
  return undefined;
}

/** The innermost policy that has an `onFlagged` is called: it has checked what is inside of it. */
function untoldBodiesOf(node: NodeDescription): readonly BodyDescription[] {
  if (node.kind === 'container' && node.container === 'policyScope') {
    const { onFlagged } = node.options.policy as { readonly onFlagged?: unknown };
    if (onFlagged !== undefined) return [];
  }
  if ('body' in node) return [node.body];
  return 'branches' in node ? node.branches.map(({ body }) => body) : [];
}

function notKept(place: Place, loop: string, keep: string, important: string): DefinitionError {
  return new DefinitionError(
    'FLAGGED_NOT_KEPT',
    place,
    `its policy has onFlagged, but the loop "${loop}" with keep: '${keep}' forgets failures of ` +
      `"${important}", which is important. Use keep: 'all', or put a policyScope with onFlagged into the loop.`,
    { option: 'keep', value: keep },
  );
}
