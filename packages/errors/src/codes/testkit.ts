/** The codes of `@runafter/testkit`. */

export const testkitCodes = {
  HISTORY_INVALID: {
    package: '@runafter/testkit',
    title: 'A history of operations, or an option of its check, makes no sense.',
    why: 'An operation returned before it was invoked or has no time; a text that should be a history is none; histories of several processes were recorded without a clock that they share; or a bound of the check is not above 0.',
    fix: 'Correct what the message names. Record with `recordHistory`, in several processes with `clock: () => Number(process.hrtime.bigint())`.',
  },
};
