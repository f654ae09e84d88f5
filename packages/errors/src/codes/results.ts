/** The codes of `@runafter/results`. */

export const resultsCodes = {};
