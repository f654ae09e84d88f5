/** Nothing of this is a workflow. */
export const answer = 42;

export function makeWorkflow(): undefined {
  return undefined;
}
