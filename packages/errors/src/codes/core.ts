/** The codes of `@runafter/core`. */

export const coreCodes = {};
