/** Nothing of this is a workflow. */
export const answer = 42;
