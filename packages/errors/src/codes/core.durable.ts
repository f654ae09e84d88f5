/**
 * The codes of `@runafter/core` that durable runs give: what a store keeps, and what comes back from it.
 */

export const coreDurableCodes = {
  VALUE_NOT_STORABLE: {
    package: '@runafter/core',
    title: 'A value of a durable run cannot be stored.',
    why: 'What is stored must mean the same in another process. A function, a symbol, a promise or an instance of a class does not; the message names the place in the value.',
    fix: 'Keep plain data with `select: (output) => …`, or hand over a reference to what cannot be stored.',
  },
  VALUE_TOO_LARGE: {
    package: '@runafter/core',
    title: 'A value of a durable run is larger than its store keeps.',
    why: 'Every stored value is written at once and read back as a whole, so there is a limit.',
    fix: 'Keep less with `select: (output) => …`, or put the data elsewhere and hand over a reference.',
  },
  STORED_VALUE_INVALID: {
    package: '@runafter/core',
    title: 'A stored value cannot be read.',
    why: 'The text was cut, changed by something else, encrypted, or written by a newer version.',
    fix: 'Read it with the version that wrote it, and with the same cipher; or restore the store from a backup.',
  },
  CIPHER_FAILED: {
    package: '@runafter/core',
    title: 'The cipher of a durable run failed.',
    why: 'A text was encrypted with another key, was changed since, or what keeps the key cannot be reached.',
    fix: 'Look at the cause. Keep old keys for as long as runs that need them are stored.',
  },
  CIPHER_REQUIRED: {
    package: '@runafter/core',
    title: 'A durable run would have to store a secure value, and has no cipher.',
    why: 'What is handed on must be there after a restart, and secure values are never stored as plain text.',
    fix: 'Pass `cipher`, or let the action hand over a reference to the secret in place of the secret.',
  },
  DEFINITION_CHANGED: {
    package: '@runafter/core',
    title: 'A run was resumed with another definition than it was started with.',
    why: 'Outcomes are found by the names of actions, so a changed definition may not mean the same.',
    fix: 'Run the old version to its end, or resume with `allowChanges: true`: added actions run, removed ones stay in the record.',
  },
};
