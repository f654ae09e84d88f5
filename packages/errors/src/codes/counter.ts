/** The codes of `@runafter/counter`. */

export const counterCodes = {
  COUNTER_OVERFLOW: {
    package: '@runafter/counter',
    title: 'A counter would leave the range of signed 64-bit numbers.',
    why: 'Values are kept as signed 64-bit integers on every backend. An addition that does not fit is refused rather than wrapped around, and changes nothing.',
    fix: 'Reset the counter, or count in another unit.',
  },
  COUNTER_CHANGED: {
    package: '@runafter/counter',
    title: 'A counter that was to be reset has another value than the expected one.',
    why: 'Somebody has added to it between the read and the reset. Nothing was changed, so nothing is lost.',
    fix: 'Read it again and decide anew, or reset it without `expected` and use the value that is handed over.',
  },
  COUNTER_OPTION_INVALID: {
    package: '@runafter/counter',
    title: 'A counter got a name, an amount, an id or an option that it cannot use.',
    why: 'A name and an operation id are 1 to 200 characters of well-formed Unicode, an amount is a whole number within 64 bits; a `number` beyond 2^53 is refused, because it is not exact.',
    fix: 'Correct what the message names; pass large amounts as bigint.',
  },
  COUNTER_RESET_UNSUPPORTED: {
    package: '@runafter/counter',
    title: 'A sharded counter was to be reset on a condition, or to a value.',
    why: 'Its value is spread over several documents, which cannot be compared and changed in one step.',
    fix: 'Call `reset(name)` alone: what it returns was taken from the counter exactly once. Where a condition is needed, use a backend that adds atomically.',
  },
  COUNTER_RESET_INCOMPLETE: {
    package: '@runafter/counter',
    title: 'Some shards of a counter could not be reset, and others were.',
    why: 'Each shard is a document of its own, and the service did not answer for some of them.',
    fix: 'Keep the field `taken`: it is what the reset shards held. Call `reset` again for the rest.',
  },
  COUNTER_IDS_FULL: {
    package: '@runafter/counter',
    title: 'A shard of a counter keeps as many operation ids as it can hold.',
    why: 'The ids that make `once` work are kept inside the document of the shard for a stated time. A document that is too large would make each addition slow, so it is bounded.',
    fix: 'Use more shards, keep ids for a shorter time, or count on Redis, SQL Server, PostgreSQL or SQLite, where ids are rows of their own.',
  },
};
