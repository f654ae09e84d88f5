/** The codes of `@runafter/testkit`. */

export const testkitCodes = {
  FAULT_PROXY_INVALID: {
    package: '@runafter/testkit',
    title: 'An option of the fault proxy, or a call of it, makes no sense.',
    why: 'The URL or connection string has no host with a port, there is no port at all, or the number of replies to lose is not above 0.',
    fix: 'Pass `url` with the port written out, or `port`. Pass a whole number above 0, or a predicate, to `loseReplies`.',
  },
  HISTORY_INVALID: {
    package: '@runafter/testkit',
    title: 'A history of operations, or an option of its check, makes no sense.',
    why: 'An operation returned before it was invoked or has no time; a text that should be a history is none; histories of several processes were recorded without a clock that they share; or a bound of the check is not above 0.',
    fix: 'Correct what the message names. Record with `recordHistory`, in several processes with `clock: () => Number(process.hrtime.bigint())`.',
  },
};
