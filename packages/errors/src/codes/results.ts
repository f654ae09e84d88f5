/** The codes of `@runafter/results`. */

export const resultsCodes = {
  FLAGGED_NOT_KEPT: {
    package: '@runafter/results',
    title: 'A loop would forget important failures that a policy is to tell somebody.',
    why: "The policy of a scope has `onFlagged`, which is called for important failures inside once all has ended. A loop with `keep: 'failures'` or `keep: 'summary'` keeps nothing of an iteration that Succeeded, also when something important failed in it.",
    fix: "Use `keep: 'all'` on the loop, or put a `policyScope` with `onFlagged` into its body: it tells the failures of each iteration.",
  },
  POLICY_INVALID: {
    package: '@runafter/results',
    title: 'A failure policy has a field that is missing, unknown or wrong.',
    why: 'A policy says `criticality` (critical, important or optional) and `rest` (cancel or finish), and may have `onFlagged` and `onFlaggedOptions`.',
    fix: 'Spread one of `allOrNothing`, `bestEffort` and `graduated`, and correct the field that the message names.',
  },
  POLICY_STOPPED: {
    package: '@runafter/results',
    title: 'A branch was cancelled because its scope is certain to fail.',
    why: "The scope has a policy with `rest: 'cancel'`, such as `allOrNothing`, and a critical branch has failed that nothing handles. `why()` names it.",
    fix: "Nothing, where that is what you want. To let the other branches go on, use `rest: 'finish'`; where the failure of a branch does not matter as much, give it another `criticality`.",
  },
  QUORUM_BRANCHES_INVALID: {
    package: '@runafter/results',
    title: 'The branches of a quorum are not what can vote.',
    why: 'The body of a quorum returns an object with a handle for each branch that votes. Each is an action or container directly in that body, each has one vote, and there is at least one.',
    fix: 'Return an object such as `{ ann, bob }` with handles of this body. Move a vote that is further inside out, or let its container hand it over.',
  },
  QUORUM_DECIDED: {
    package: '@runafter/results',
    title: 'A branch of a quorum was cancelled because the vote was decided.',
    why: "Enough branches had voted, so that no other vote could change the decision, and the quorum has `rest: 'cancel'`.",
    fix: "Nothing. To hear the other votes too, use `rest: 'finish'`.",
  },
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
  VOTE_INVALID: {
    package: '@runafter/results',
    title: 'A branch of a quorum has answered, but `vote` could not tell whether that is a yes.',
    why: '`vote` threw, or returned something else than true or false, such as a promise. The branch counts as one that has not voted.',
    fix: 'Let `vote` return true or false for everything that a branch can hand over. Asynchronous work belongs into the branch.',
  },
};
