/** The codes of `@runafter/errors`: what toFault() falls back to, and the faults of services. */

export const errorsCodes = {
  UNKNOWN_ERROR: {
    package: '@runafter/errors',
    title: 'Something was thrown that carries no code of its own.',
    why: 'A plain `Error`, or an object without `code`, `status` or a telling `name`, was thrown.',
    fix: 'Read the message and the cause. To tell such failures apart, throw a `RunafterError` with a code of your own, or set `code` on the error.',
  },
  NOT_AN_ERROR: {
    package: '@runafter/errors',
    title: 'A value that is not an object was thrown, such as a string or undefined.',
    why: 'JavaScript can throw anything, and a rejected promise may carry no reason at all. Such a value has no code, often no message, and never a stack.',
    fix: 'Throw an `Error` instead: `throw new Error(text)`, or `reject(new Error(text))`.',
  },
  SERVICE_UNAVAILABLE: {
    package: '@runafter/errors',
    title: 'A service could not be reached, did not answer, or asked to come back later.',
    why: 'It is down, restarting or overloaded, or the network between is cut. The field `outcome` says whether the request was certainly not carried out.',
    fix: "Try again, after `retryAfter` when it is set. With `outcome: 'unknown'`, look first, or use an operation that recognises its own earlier try: `update()`, or a counter with `once`.",
  },
  SERVICE_REFUSED: {
    package: '@runafter/errors',
    title: 'A service understood the request and will not do it.',
    why: 'A right is missing, a table or script is not installed, the value is too large, or an option does not fit the service. Nothing was done. The cause is what the service said.',
    fix: 'Do what the message says. Trying again does not help.',
  },
  SERVICE_CLOSED: {
    package: '@runafter/errors',
    title: 'A store or a counter was used after it was closed.',
    why: 'After `close()` it takes no calls. Work that still goes on is the usual cause.',
    fix: 'Await the work before closing, or make another one.',
  },
  SERVICE_OPTION_INVALID: {
    package: '@runafter/errors',
    title: 'A driver got an option that it cannot use.',
    why: 'The message names the option and says what the service takes.',
    fix: 'Correct the option that the message names.',
  },
  SERVICE_CLIENT_MISSING: {
    package: '@runafter/errors',
    title: 'The package that speaks to a service is not installed.',
    why: 'Clients are peer dependencies, so that no client comes along that you did not choose.',
    fix: 'Install the package that the message names, or hand over a client that you have made.',
  },
};
