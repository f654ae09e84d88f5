/** The codes of `@runafter/admission`. */

export const admissionCodes = {
  FAIR_QUEUE_OPTION_INVALID: {
    package: '@runafter/admission',
    title:
      'A fair queue got an option that it cannot use, or `weight` or `cost` gave something senseless.',
    why: '`by`, `weight` and `cost` are functions; a weight and a cost are finite numbers above 0; `perTenant` is a whole number of at least 1.',
    fix: 'Correct what the message names. The item at which it happened was not put in.',
  },
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
  SESSION_TIMEOUT: {
    package: '@runafter/admission',
    title: 'A job had no session within the time that it wanted to wait.',
    why: 'All sessions were held, or its user was running already: a user has one session at a time. `why` says which it was last.',
    fix: 'Pass a longer `wait`, add machines, or use `tryAcquire` and handle undefined. `inspect()` shows who has what, and why each job waits.',
  },
  SESSION_LOST: {
    package: '@runafter/admission',
    title: 'A session was lost while a job worked on it.',
    why: "Its machine was declared lost, or its lease has ended: then somebody else may have the session. The error is the reason of the job's signal, and run() rejects with it for a job that is `atMostOnce`.",
    fix: 'End the work when the signal aborts. run() begins it again elsewhere; of an `atMostOnce` job, look what it has done before it is submitted again.',
  },
  MACHINE_UNKNOWN: {
    package: '@runafter/admission',
    title: 'A session pool was told of a machine that it does not know.',
    why: 'It was neither among `machines` nor joined, or has left; or it was joined by another process, which alone knows how many sessions it has.',
    fix: 'Check the name, or `join()` it with its number of sessions.',
  },
  SESSION_POOL_OPTION_INVALID: {
    package: '@runafter/admission',
    title: 'A session pool got an option that it cannot use.',
    why: 'Machines have names of 1 to 190 characters, each once, and 1 to 1,000 sessions; a job runs for a user.',
    fix: 'Correct the option that the message names.',
  },
};
