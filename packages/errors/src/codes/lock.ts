/** The codes of `@runafter/lock`. */

export const lockCodes = {
  LOCK_TIMEOUT: {
    package: '@runafter/lock',
    title: 'A lock or a permit was not to be had within the time that the caller wanted to wait.',
    why: 'Somebody else had it all the time, others were before this one, or the service did not answer; then `cause` says why. `heldBy` is the owner, where the backend knows.',
    fix: 'Wait longer, keep the guarded work short, or use `tryAcquire` and do something else meanwhile. A holder that crashed is in the way until its ttl is over.',
  },
  LOCK_NAME_INVALID: {
    package: '@runafter/lock',
    title: 'A lock or a semaphore was asked for by something that is no name.',
    why: 'A name is at least one character of well-formed Unicode. Half of a surrogate pair would not be the same on every backend.',
    fix: 'Pass such a text. It may have any length.',
  },
  LOCK_OPTION_INVALID: {
    package: '@runafter/lock',
    title: 'A lock or a semaphore got an option that it cannot use.',
    why: 'Backends bound the time to live, such as 15 to 60 whole seconds for a blob lease; a weight is a whole number of permits that exist; a holder is a short text.',
    fix: 'Correct the option that the message names.',
  },
};
