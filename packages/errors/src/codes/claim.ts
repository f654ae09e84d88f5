/** The codes of `@runafter/claim`. */

export const claimCodes = {
  POOL_EMPTY: {
    package: '@runafter/claim',
    title: 'Nothing of a pool was free.',
    why: 'All resources are held, others wait for the next one, or the pool has none at all. `waited` says for how long the claim has waited.',
    fix: 'Pass `wait`, add resources, or use `tryClaim` and handle undefined. `inspect()` shows who holds what.',
  },
  CLAIM_RETIRED: {
    package: '@runafter/claim',
    title: 'An operation that has given its resource back has claimed again.',
    why: 'A release ends the operation: a claim of it that comes later may be one that a network has held up, and would never be released.',
    fix: 'Claim with the id of another operation. When a late retry meets this, what it belonged to was undone, and there is nothing to do.',
  },
  POOL_OPTION_INVALID: {
    package: '@runafter/claim',
    title: 'A pool got an option that it cannot use.',
    why: 'A pool has a name, a claim has a mode, and an assignment needs the id of its operation, by which it is found and given back.',
    fix: 'Correct the option that the message names.',
  },
  POOL_RESOURCE_INVALID: {
    package: '@runafter/claim',
    title: 'A pool was given something that it cannot hold.',
    why: 'A resource is a text, or an object with an `id` that comes back from JSON as it is; ids are 1 to 200 characters, each once.',
    fix: 'Correct the resource that the message names. What JSON cannot hold is best kept beside the pool, by the id.',
  },
  CREATE_ONCE_TIMEOUT: {
    package: '@runafter/claim',
    title: 'Somebody else has been creating something for longer than the caller wanted to wait.',
    why: 'Of all who want it created, one creates, and the others wait for what comes of it. Its claim is renewed while it works, so it is alive, or it has died less than a ttl ago.',
    fix: 'Pass a longer `wait`, or make the creation shorter. Calling again is safe.',
  },
  CREATE_ONCE_OPTION_INVALID: {
    package: '@runafter/claim',
    title: '`createOnce` got an option that it cannot use.',
    why: 'Times are durations of at least some milliseconds, and `make` is a function.',
    fix: 'Correct the option that the message names.',
  },
};
