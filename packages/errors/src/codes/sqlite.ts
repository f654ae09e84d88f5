/** The codes of `@runafter/sqlite`. */

export const sqliteCodes = {
  STORE_BUSY: {
    package: '@runafter/sqlite',
    title: 'Another process kept the database for longer than `busyTimeout`.',
    why: 'One process at a time writes to a file. Writes take milliseconds, so this is a program that keeps a transaction open, such as a shell or a backup, or a disk that does not answer.',
    fix: 'Try again: nothing was written. When it happens often, end the transaction of the other program, or raise `busyTimeout`.',
  },
  STORE_FULL: {
    package: '@runafter/sqlite',
    title: 'The database cannot grow.',
    why: 'The disk is full, or the `max_page_count` of the database is reached. Nothing of the write is stored, and all that was stored before is there.',
    fix: 'Make room on the disk, or delete runs that have ended; the store goes on working by itself.',
  },
  STORE_READ_ONLY: {
    package: '@runafter/sqlite',
    title: 'Something was to be written to a database that can only be read.',
    why: 'The store was opened with `readOnly`, the file or its folder may not be written by this process, the file was moved while it was open, or it is so old that reading it needs a migration first.',
    fix: 'Open it without `readOnly`, and give the process the right to write to the file and its folder.',
  },
  STORE_CORRUPT: {
    package: '@runafter/sqlite',
    title: 'The file is not a database, or it is damaged.',
    why: 'It was written by something else, cut off, or copied without its `-wal` file while a program was writing to it.',
    fix: 'Name another file, or restore a backup. `sqlite3 FILE .recover` saves what can still be read.',
  },
  STORE_SCHEMA_NEWER: {
    package: '@runafter/sqlite',
    title: 'The database was written by a newer version of the package.',
    why: 'Its schema has changed since, so this version might misread it. It was left alone.',
    fix: 'Update `@runafter/sqlite` in every program that opens the file.',
  },
  STORE_FOREIGN: {
    package: '@runafter/sqlite',
    title: 'The file is the database of another program.',
    why: 'It has tables, and no sign that they are ours: another `application_id`. It was left alone.',
    fix: 'Name a file of its own for runafter.',
  },
  STORE_CLOSED: {
    package: '@runafter/sqlite',
    title: 'A store was used after it was closed.',
    why: 'After `close()` a store takes no calls. A run that still goes on is the usual cause.',
    fix: 'Await `run.finished` before closing, or make another store.',
  },
  STORE_OPEN_FAILED: {
    package: '@runafter/sqlite',
    title: 'The file of a database cannot be opened.',
    why: 'Its folder does not exist, this process may not read or write there, it is a folder itself, or its file system has no shared memory.',
    fix: 'Create the folder, give the process the right, and use a local disk. The next call tries again.',
  },
  STORE_IO_FAILED: {
    package: '@runafter/sqlite',
    title: 'The disk or the file system refused to read or to write.',
    why: 'The cause says what SQLite met: a bad disk, a share that went away, a limit of the file system. The write is not acknowledged.',
    fix: 'Look at the disk. Keep the file on a local one, never on a network share.',
  },
  STORE_OPTION_INVALID: {
    package: '@runafter/sqlite',
    title: 'A driver on SQLite got an option that it cannot use.',
    why: "The file is a path or ':memory:', and `synchronous` is 'full' or 'normal'.",
    fix: 'Correct the option that the message names.',
  },
};
