/** The codes of `@runafter/errors`: what toFault() falls back to. */

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
};
