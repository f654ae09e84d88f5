/** A file that fails while it is imported. */
throw new Error('no database');
