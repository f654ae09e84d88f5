/** The codes of `@runafter/optimistic`. */

export const optimisticCodes = {
  DOCUMENT_EXISTS: {
    package: '@runafter/optimistic',
    title: 'A document that was to be created is there already.',
    why: 'Somebody has created it before, perhaps a moment ago. Nothing was written.',
    fix: 'Use `update()`, which reads what is there; or read it yourself and replace it.',
  },
  ETAG_MISMATCH: {
    package: '@runafter/optimistic',
    title: 'A document is not the version any more that the write was made from.',
    why: 'Somebody has written or removed it since it was read: HTTP calls this 412. Nothing was written, so nobody was overwritten.',
    fix: 'Read it again and make the whole change again from what is there now. `update()` does this, with a bound.',
  },
  DOCUMENT_INVALID: {
    package: '@runafter/optimistic',
    title: 'A value does not fit the schema, or cannot be encoded or decoded.',
    why: 'On reading: something else wrote the document, or the schema has changed. On writing: the value breaks the schema, or holds something that JSON would lose silently, such as NaN, a Map, or undefined in an array.',
    fix: 'Correct the value at the place that the message names, mend what is stored, or give the store a codec that carries such values.',
  },
  DOCUMENT_KEY_INVALID: {
    package: '@runafter/optimistic',
    title: 'No document can have this key.',
    why: 'A key is 1 to 400 characters of well-formed Unicode; some backends take less, and then the message says so.',
    fix: 'Shorten the key, or use a hash of it.',
  },
  DOCUMENT_OPTION_INVALID: {
    package: '@runafter/optimistic',
    title: 'A store or a write got an option that makes no sense.',
    why: 'The message names the option and says what it takes.',
    fix: 'Correct the option that the message names.',
  },
  DOCUMENT_OPERATION_UNSUPPORTED: {
    package: '@runafter/optimistic',
    title: 'The backend has no way to do this with a document.',
    why: 'A REST resource, for example, may have no way to create an item under a key of your choice. Nothing was done.',
    fix: 'Do what the message says.',
  },
  FENCE_STALE: {
    package: '@runafter/optimistic',
    title: 'A write came from a holder of a lock who has lost it.',
    why: 'The holder was paused for longer than the lease lasts. Somebody else got the lock, with a larger token, and has written. Nothing was written now.',
    fix: 'Stop what you are doing: its premises are gone. Acquire the lock again, read again, and begin anew.',
  },
  FENCE_REQUIRED: {
    package: '@runafter/optimistic',
    title: 'A document that is guarded by a lock was to be written without it.',
    why: 'It was written with a fence before. A write without one could overwrite what the holder of the lock has written.',
    fix: 'Acquire the lock and pass its lease as `fence`, in every place that writes the document.',
  },
  FENCE_UNSUPPORTED: {
    package: '@runafter/optimistic',
    title: 'The backend cannot keep fences.',
    why: 'A fence must be compared and stored in the same step as the value. A REST resource has no place for it.',
    fix: 'Keep what the lock guards in a store that can (blob, Redis, SQL Server, PostgreSQL, SQLite, memory), or rely on the ETag alone.',
  },
  FENCE_INVALID: {
    package: '@runafter/optimistic',
    title: 'What was passed as a fence is none.',
    why: 'A fence has a `token` (a bigint of at least 0, of 100 digits at most), an `owner` (1 to 200 characters) and `assertHeld()`.',
    fix: 'Pass the lease of a lock, or an object with these three.',
  },
  OUTCOME_UNKNOWN: {
    package: '@runafter/optimistic',
    title: 'A write was sent, and no answer tells what became of it.',
    why: 'The connection was cut or the service did not answer in time, so nobody can say from here whether the write was done. Trying again might do it twice.',
    fix: 'Read and compare. To make trying again harmless: `update()` on a store that keeps write ids, `once` on a counter, or `idempotent: true` where doing it twice does no harm.',
  },
  UPDATE_CONTENDED: {
    package: '@runafter/optimistic',
    title: 'Others were faster again and again, until the bound of an update was reached.',
    why: 'Each try reads, changes and writes with If-Match. When many write the same document from many processes, most tries lose. Nothing of this update was written.',
    fix: 'Spread the document over several (a sharded counter, one document per customer), key the loop so that the same key is not worked on side by side, or take a lock around the change. Raise `maxAttempts` or `timeout` only for bursts.',
  },
  UPDATE_TIMED_OUT: {
    package: '@runafter/optimistic',
    title: 'An update did not end within its time-out, though nobody else had written.',
    why: 'Its change waited for something, another one of the same key did and held it up, or the service did not answer. Nothing of it was written.',
    fix: 'Fetch what the change needs before `update()`, so that it only makes the next value from the current one; or raise `timeout`.',
  },
  UPDATE_OPTION_INVALID: {
    package: '@runafter/optimistic',
    title: 'An update got an option that makes no sense.',
    why: 'The message names the option and says what it takes.',
    fix: 'Correct the option that the message names.',
  },
};
