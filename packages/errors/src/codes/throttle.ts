/** The codes of `@runafter/throttle`. */

export const throttleCodes = {
  LIMITER_FULL: {
    package: '@runafter/throttle',
    title: 'As many callers wait for a limiter as may wait.',
    why: 'Calls come faster than the limiter may let them in, for longer than its waiting room can make up for. Without a bound the line, and the time in it, would grow for as long as that goes on.',
    fix: "Come back after `retryAfter`, which `retry()` obeys, or turn the caller away as with HTTP 429. Raise `waiting` for longer bursts, or set `whenFull: 'wait'` where the caller awaits each call before it makes the next.",
  },
  ADAPTIVE_LISTENER_FAILED: {
    package: '@runafter/throttle',
    title: 'A listener of an adaptive limiter threw, or its promise rejected.',
    why: 'A process warning with this code: listeners only watch, so what they throw must not disturb the calls. The other listeners were still told.',
    fix: 'Catch errors inside the listener. Do slow or fallible work, such as sending a metric, elsewhere.',
  },
  FORMULA_INPUT_INVALID: {
    package: '@runafter/throttle',
    title: 'A formula for rates or concurrency got a number that makes no sense.',
    why: 'A limit, a number of calls and a time are finite numbers above 0. The headroom is at least 1, which uses all of the limit, and a maximum is at least 1.',
    fix: 'Correct the input that the message names.',
  },
};
