/** The codes of `@runafter/clock`. */

export const clockCodes = {
  DURATION_INVALID: {
    package: '@runafter/clock',
    title: 'A value that should be a duration is not one.',
    why: "A duration is a number of milliseconds (finite, not negative), parts such as '250ms', '30s', '2m', '1.5h', '7d', '1h 30m', or ISO-8601 such as 'PT1H' and 'P1DT12H'. A bare number in a string has no unit, and months and years have no fixed length.",
    fix: 'Write the duration in one of these forms. For no limit at all leave the option out instead of passing Infinity.',
  },
  RETRY_POLICY_INVALID: {
    package: '@runafter/clock',
    title: 'A retry policy has a wrong type, count, interval or bound.',
    why: "A policy is `{ type: 'none' }`, `{ type: 'fixed', count, interval }` or `{ type: 'exponential', count, interval }` with the options documented for it. A count is a whole number of retries, and the minimum is not above the maximum.",
    fix: 'Correct the field that the message names, or build the policy with `fixed(…)`, `exponential(…)` or `noRetry`.',
  },
  CLOCK_OPTION_INVALID: {
    package: '@runafter/clock',
    title: 'A clock was made with an option that it cannot use.',
    why: 'The start of a virtual clock is a valid `Date` or a finite number of milliseconds since 1970.',
    fix: 'Pass such a start, or leave it out to begin at 2026-01-01T00:00:00Z.',
  },
  LIMITER_OPTION_INVALID: {
    package: '@runafter/clock',
    title: 'A limiter was asked for something that it can never grant.',
    why: 'The maximum and the weight are whole numbers of at least 1, a weight is not above the maximum, and a priority is a finite number.',
    fix: 'Correct the value that the message names; split work that is heavier than the whole limiter.',
  },
  LEASE_LOST: {
    package: '@runafter/clock',
    title: 'A lease was lost while work relied on it.',
    why: 'It was not renewed before its deadline, because renewals failed, the event loop was blocked or the machine was suspended; or the store said that somebody else has it. The error says which in `loss`, and `cause` is the last failure.',
    fix: 'Stop the work at once and begin again under a new lease. When it happens often, use a longer ttl, and look for what blocks the event loop or for why the renewals fail.',
  },
  LEASE_RELEASED: {
    package: '@runafter/clock',
    title: 'Work went on under a lease that its own holder had given back.',
    why: "The lease's signal aborts when it is given back, so that nothing goes on unguarded. Most often a promise was not awaited.",
    fix: 'Await everything that the lease guards, then give it back.',
  },
  LEASE_OPTION_INVALID: {
    package: '@runafter/clock',
    title: 'A lease was asked for with a ttl or a margin that makes no sense.',
    why: 'A lease is renewed at a third of its ttl and given up a margin before its end. So the ttl is above 0, and the margin is at most half of it.',
    fix: 'Correct the value that the message names, or leave the margin out for a tenth of the ttl.',
  },
  WAIT_LISTENER_FAILED: {
    package: '@runafter/clock',
    title: 'What hears of waits has thrown.',
    why: 'A listener cannot harm whoever waits, so its failure is only a process warning.',
    fix: 'Catch errors in the listener that was passed to watchWaits().',
  },
};
