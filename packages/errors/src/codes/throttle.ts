/** The codes of `@runafter/throttle`. */

export const throttleCodes = {};
