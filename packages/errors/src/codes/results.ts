/** The codes of `@runafter/results`. */

export const resultsCodes = {
  RECORDS_INVALID: {
    package: '@runafter/results',
    title: 'A value that should be a record, or an iterable of records, is not one.',
    why: 'The functions read records of scopes, iterations of loops, results of `settled(x)`, and what `Promise.allSettled` gives. A record has one of the five statuses, and an error with code and message unless it Succeeded. A promise that was not awaited is the usual cause.',
    fix: 'Correct the value that the message names; await promises first. For values of your own, give them `status`, and `outputs` or `error`.',
  },
  RESULTS_OPTION_INVALID: {
    package: '@runafter/results',
    title: 'A function that reads results got an option that it cannot use.',
    why: 'A key and a stand-in are functions, a number of examples is a whole number from 0, a status is one of the five, an accumulator is made by a function that ends in -ing, and the options of `consolidate` name only its own sources.',
    fix: 'Correct the option that the message names.',
  },
  SOURCE_MISSING: {
    package: '@runafter/results',
    title: 'A source that `consolidate` was told to require did not succeed.',
    why: 'The source ended Failed, TimedOut, Cancelled or Skipped; `status` and `error` on this error say how and why.',
    fix: 'Repair the source. When the data is useful without it, take it out of `require` and give it a stand-in.',
  },
};
