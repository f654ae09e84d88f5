/** Nothing of this is a workflow. */
export const notOne = { name: 'Nothing' };
