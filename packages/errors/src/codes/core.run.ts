/**
 * The codes of `@runafter/core` that a run can give: on records, on results, or thrown by a call.
 */

export const coreRunCodes = {
  RUN_AFTER_NOT_MET: {
    package: '@runafter/core',
    title: 'An action was skipped, because something it runs after ended in another status.',
    why: 'A handle that is listed bare means Succeeded. When that action fails, times out or is skipped, what runs after it is skipped too.',
    fix: 'Nothing, where that is what you want. Otherwise list `settled(x)`, `failed(x)` or `on(x, …)`.',
  },
  PARENT_SKIPPED: {
    package: '@runafter/core',
    title: 'An action was skipped, because the container around it was.',
    why: 'A container that is skipped starts nothing of what is inside it.',
    fix: "Look at the container's own record: it says why it was skipped.",
  },
  BRANCH_NOT_TAKEN: {
    package: '@runafter/core',
    title: 'A branch of a condition or switch was not taken.',
    why: 'One branch runs; each of the others is one skipped record and does not count for the status.',
    fix: 'Nothing.',
  },
  SKIPPED: {
    package: '@runafter/core',
    title: 'An action was skipped.',
    why: 'The run ended before its turn came.',
    fix: 'Look at how the run ended: `run.why()`.',
  },
  ACTION_TIMED_OUT: {
    package: '@runafter/core',
    title: 'An action took longer than its `timeout`.',
    why: 'The time counts from the first call of the handler and includes its retries and the waits between them.',
    fix: 'Raise `timeout`, make the work smaller, or handle it: `failed(x)` means Failed or TimedOut.',
  },
  CONTAINER_TIMED_OUT: {
    package: '@runafter/core',
    title: 'A scope, loop, branch or child workflow took longer than its `timeout`.',
    why: 'What ran in it was told to stop and ended TimedOut; what had not started was skipped.',
    fix: 'Raise `timeout`, or run more of it side by side.',
  },
  RUN_TIMED_OUT: {
    package: '@runafter/core',
    title: 'A run took longer than the `timeout` of its workflow, or of start().',
    why: 'What ran was told to stop and ended TimedOut; what had not started was skipped.',
    fix: 'Raise `timeout`. `run.usage().slowest` names what took the time.',
  },
  EVENT_TIMED_OUT: {
    package: '@runafter/core',
    title: 'A waitFor got no event within its `timeout`.',
    why: 'Nobody sent the event, or it was sent with another `correlate`.',
    fix: 'Send `run.signal(name, payload, { correlate })` with the text that the wait gives, or handle TimedOut.',
  },
  CORRELATE_INVALID: {
    package: '@runafter/core',
    title: 'The `correlate` of a waitFor, or of a signal, is not a text.',
    why: 'A signal is meant for the wait whose text is the same as its own. A promise, a number or nothing at all would never match.',
    fix: 'Give a text on both sides, such as the id of the order, and give it at once, not as a promise.',
  },
  SIGNAL_ID_INVALID: {
    package: '@runafter/core',
    title: 'The `id` of a signal is not a text.',
    why: 'A second signal with the same id is a repetition. A store compares ids as texts, so a number might be the same as one, or not.',
    fix: 'Give a text, such as the id of the message that the signal comes from, or no id.',
  },
  UNTIL_LIMIT_REACHED: {
    package: '@runafter/core',
    title: 'An until reached `maxIterations` or its `timeout` before it was done.',
    why: 'Unless told otherwise an until stops after 60 rounds or one hour, and not being done by then is a failure.',
    fix: "Raise the limits, or set `onLimit: 'succeed'` to let the last round decide.",
  },
  SECURE_ACTION_FAILED: {
    package: '@runafter/core',
    title:
      'An action that handles secure values failed, with an error whose code does not look like one.',
    why: 'Its error may quote a secure value. So the message is withheld, and the code too unless it is upper-case words, HTTP_ and a status, or the name of an error class.',
    fix: 'Throw errors with such a code, and log what you need inside the handler.',
  },
  ITERATION_FAILED: {
    package: '@runafter/core',
    title: 'Iterations of a loop did not succeed.',
    why: 'One iteration that fails does not stop the others, but it makes the loop Failed.',
    fix: 'Look at the iterations of `settled(loop)`; run after `settled(loop)` to go on with those that succeeded.',
  },
  RUN_CANCELLED: {
    package: '@runafter/core',
    title: 'The run was cancelled.',
    why: 'Somebody called `run.cancel()`, or aborted the signal that start() was given.',
    fix: 'Nothing. The message has the reason that was given.',
  },
  RUN_TERMINATED: {
    package: '@runafter/core',
    title: 'A terminate action ended the run before this action had ended.',
    why: 'terminate ends the whole run: what runs is cancelled, what has not started is skipped.',
    fix: 'Let terminate run after what must be done first.',
  },
  TERMINATED: {
    package: '@runafter/core',
    title: 'A terminate action has ended the run.',
    why: 'This is the code of a run that was terminated without a code of its own.',
    fix: 'Give the terminate a `code` and a `message` that say why.',
  },
  RUN_FAULTED: {
    package: '@runafter/core',
    title: 'The run store or the executor has failed, so the run could not go on.',
    why: 'What cannot be recorded must not happen: handlers were told to stop, and `run.finished` rejects with the fault itself.',
    fix: 'Look at the cause.',
  },
  RUN_ENDED: {
    package: '@runafter/core',
    title: 'A signal was sent to a run that has ended.',
    why: 'Nothing of the run waits any more.',
    fix: 'Look at `run.status` first, or treat this error as "too late".',
  },
  RUN_OPTION_INVALID: {
    package: '@runafter/core',
    title: 'start() was given something that makes no sense.',
    why: 'The message names the option and its value.',
    fix: 'Correct the value, or leave the option out for its default.',
  },
  SIGNAL_UNKNOWN: {
    package: '@runafter/core',
    title: 'A signal was sent for an event that no waitFor of the workflow takes.',
    why: 'It would be kept for ever, so it is refused. Nearly always the name has a typing mistake.',
    fix: 'Use the EventType that the workflow waits for in place of a text.',
  },
  CHILD_CANCELLED: {
    package: '@runafter/core',
    title: 'A child workflow was cancelled.',
    why: 'It was terminated as Cancelled from inside. For the action that ran it that is a failure.',
    fix: 'Handle it with `failed(x)`, or let the child end Failed with a code of its own.',
  },
  SWITCH_CASE_MISSING: {
    package: '@runafter/core',
    title: 'A switch chose a name for which it has no case.',
    why: 'Doing nothing would hide a value that nobody thought of.',
    fix: 'Add the case, or a `default`.',
  },
  ITEMS_NOT_ITERABLE: {
    package: '@runafter/core',
    title: 'A loop was given something that has no items.',
    why: 'Items are an array, another iterable, an async iterable, or a promise of one. A string is not taken for its characters.',
    fix: 'Return the list itself, such as `page.items` in place of `page`.',
  },
  ITEM_KEY_INVALID: {
    package: '@runafter/core',
    title: 'The key or id of a loop gave something that cannot tell items apart.',
    why: 'Promises and objects are equal to no other, and as a text they are all the same: items of one customer would run at once, or share an idempotency key.',
    fix: 'Return a string, number or bigint from `key` and `id`, without async.',
  },
  OUTPUT_NOT_AVAILABLE: {
    package: '@runafter/core',
    title: 'A look-up by name asked for something that is not certain to be there.',
    why: 'The action does not certainly end before the one that asks, is inside another container, or did not succeed.',
    fix: 'Add it to `runAfter`; ask `result(name)` where it may have failed; ask for the container, not for what is inside it.',
  },
  PAYLOAD_TOO_LARGE: {
    package: '@runafter/core',
    title: 'An output has more bytes than the `payloadLimit` of its action.',
    why: 'What is kept of a run grows with the number of items times the size of their outputs.',
    fix: 'Keep less with `select`, hand over a reference to the data, or raise the limit.',
  },
  PAYLOAD_NOT_MEASURABLE: {
    package: '@runafter/core',
    title: 'An output with a `payloadLimit` has no JSON form.',
    why: 'It refers to itself, or its toJSON() throws.',
    fix: 'Keep plain data with `select`.',
  },
  CONTAINER_KIND_FAILED: {
    package: '@runafter/core',
    title: 'A hook of a container kind has thrown.',
    why: 'The container cannot tell what its children mean without it, so they were cancelled.',
    fix: "Look at the container's own error, which has the cause.",
  },
  CONTAINER_FAILED: {
    package: '@runafter/core',
    title: 'A container kind ended its container without a code of its own.',
    why: 'The kind decided the status, but gave no code, and no child that failed explains it.',
    fix: "Give the kind's verdict a `code`.",
  },
  CONTAINER_VERDICT_INVALID: {
    package: '@runafter/core',
    title: 'finish of a container kind returned something that is not a verdict.',
    why: 'Its status decides how the container ends, so it must be one that exists.',
    fix: 'Return undefined, or an object with status Succeeded, Failed, TimedOut or Cancelled.',
  },
  BOUNDED_MAP_INVALID: {
    package: '@runafter/core',
    title: 'boundedMap() was given something that makes no sense.',
    why: 'The message names the argument and its value.',
    fix: 'Pass a whole number of at least 1, Infinity or an adaptive limiter as `concurrency`, and a function.',
  },
  EVENT_LISTENER_FAILED: {
    package: '@runafter/core',
    title: 'A subscriber of run events has thrown, or its promise was rejected.',
    why: 'A subscriber cannot harm the run, so its failure is only a process warning.',
    fix: 'Catch errors in the subscriber.',
  },
};
