/** The codes of `@runafter/admission`. */

export const admissionCodes = {
  GATE_FULL: {
    package: '@runafter/admission',
    title: 'A gate is full, and so is its waiting room.',
    why: 'As many run as may at once, and as many wait as there are places. Whoever comes then is told so at once, so that work does not pile up unseen. `retryAfter` says when there will probably be a place, measured by how fast permits have come back lately.',
    fix: "Come back after `retryAfter`, start less at once, raise `concurrency` or `waiting`, or let callers wait outside with `whenFull: 'wait'`.",
  },
  GATE_OPTION_INVALID: {
    package: '@runafter/admission',
    title: 'A gate got an option that it cannot use.',
    why: "`concurrency` is a whole number of at least 1 or 'off', `waiting` is a whole number, `whenFull` is 'reject' or 'wait'.",
    fix: 'Correct the option that the message names.',
  },
};
