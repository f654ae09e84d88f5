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
  STORE_REQUIRED: {
    package: '@runafter/core',
    title: 'Handlers are to be called in other processes, and their run has no store.',
    why: 'What another process reports comes through the run store: without one it could not come back.',
    fix: 'Start the run with `store`, or without the remote executor.',
  },
  WORKFLOW_UNKNOWN: {
    package: '@runafter/core',
    title: 'A process was given work of a workflow, or of a version of it, that it does not know.',
    why: 'Definitions are code: each process has those that it was given. During a deployment old and new versions run side by side, and each leaves the work of the other alone.',
    fix: 'Give the process the definition, or keep one with that version until its runs have ended. Give each definition that differs a `version` of its own.',
  },
  ACTION_LOST: {
    package: '@runafter/core',
    title: 'Every process that was given an action has ended before it could report.',
    why: 'An action that ends its process, by taking all memory for example, would otherwise do so to one process after the other. So it is given up after some deliveries (`maxDeliveries`).',
    fix: 'Look into the logs of the processes for what has ended them. Mend that, and repeat the run: its idempotency keys are the same.',
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
  RUN_UNKNOWN: {
    package: '@runafter/core',
    title: 'The run store has no run with this id.',
    why: 'The id is wrong, the store is another one, or the run has ended longer ago than runs are kept.',
    fix: 'Look at the id, at the store, and at how long it keeps runs (`retention`).',
  },
  RUN_SHAPE_UNKNOWN: {
    package: '@runafter/core',
    title: 'A stored run cannot be explained without its workflow.',
    why: 'An earlier version stored it. That kept of a definition what a resume compares, but not what a snapshot needs, such as criticalities.',
    fix: 'Resume the run with its workflow and take a snapshot of what that returns; one that has ended is not run again. Or read its outcomes with `inspectRun()`.',
  },
  RUN_DOCUMENT_MISSING: {
    package: '@runafter/core',
    title: 'A large text of a run is kept as a document, and the document is not there.',
    why: 'The run store and the documents do not belong together, or something else has removed the document, such as a lifecycle rule or a restored backup of only one of the two. A run that is being deleted looks so for a moment.',
    fix: 'Pass `claimCheck()` the documents that the run was written with. A run whose documents are lost can be deleted.',
  },
  RUN_HELD: {
    package: '@runafter/core',
    title: 'Another process works on the run.',
    why: 'Of several processes that resume a run, one does. It holds a lease, which it renews for as long as it lives and which expires when it dies.',
    fix: 'Leave the run to it, or wait for it with the option `wait`. After a crash the lease is free when its time is over.',
  },
  RUN_LOST: {
    package: '@runafter/core',
    title: 'This process does not hold the run any more.',
    why: 'Its lease was not renewed in time (a stalled process, a store that could not be reached), so another process may have taken the run over; or the run was deleted. What this process does since then is not kept.',
    fix: 'Call `resume()`: it goes on with the run, or says who does. Raise `lease` where processes stall that long.',
  },
  RUN_SUSPENDED: {
    package: '@runafter/core',
    title: 'The run was suspended in this process.',
    why: '`suspend()` was called: what has ended is kept, the rest is not.',
    fix: 'Call `resume()`, here or elsewhere, to go on.',
  },
  RUN_INPUT_DIFFERS: {
    package: '@runafter/core',
    title: 'A run of this id was started with another input.',
    why: 'Starting a run id again is the same run, so it must be for the same input.',
    fix: 'Use another run id, or `resume()` to go on with the input that is stored.',
  },
  RUN_NOT_ENDED: {
    package: '@runafter/core',
    title: 'A run that goes on cannot be run again.',
    why: 'Only what has ended can be told apart into what succeeded and what did not.',
    fix: 'Wait for its end, cancel it, or `resume()` it.',
  },
  RUN_COPY_INCOMPLETE: {
    package: '@runafter/core',
    title: 'A run that repeats another one has only part of what succeeded there.',
    why: 'The process died while it copied the outcomes. Resumed as it is, the run would do the rest again.',
    fix: 'Call `rerun()` again with the same two ids.',
  },
  ITEM_ID_DUPLICATE: {
    package: '@runafter/core',
    title: 'Two items of a loop in a durable run have the same id.',
    why: 'The iterations over a stream are stored by the ids of their items, and the first outcome of an id is the only one. Two items with one id would share it, and their idempotency keys.',
    fix: 'Give each item its own `id`, or leave out what comes twice before the loop takes it.',
  },
  ITEMS_ID_REQUIRED: {
    package: '@runafter/core',
    title: 'The items of a loop in a durable run are a stream, and have no ids.',
    why: 'After a restart the stream is read again, and only an id can tell which of its items are done. An array needs none: it is stored.',
    fix: 'Add `id: (item) => …` to the loop, or give it an array.',
  },
};
