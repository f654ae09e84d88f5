/** The codes of `@runafter/admission`. */

export const admissionCodes = {};
