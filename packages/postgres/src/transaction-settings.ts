/**
 * What a statement asks of its own transaction: parts of a WITH, which it has to read from to be so.
 *
 * Set in the statement itself, for its transaction: so it costs no round trip, and holds behind a pooler.
 * @module
 */

/**
 * In milliseconds. A statement may wait twice, first behind others who wait and then for who has the row, and
 * has to end within the second that a lock goes on listening to a request that nobody waits for any more.
 */
const longestWait = 450;

/** No wait for long where a row is locked: the server ends it, sooner than its caller gives it up. */
export const bounded: string = `bounded AS MATERIALIZED (
        SELECT set_config('lock_timeout', '${longestWait}', true)
      )`;

/** What a crash of the server takes back was not granted: also where commits do not wait for the disk. */
export const durable: string = `durable AS MATERIALIZED (
        SELECT set_config('synchronous_commit', CASE mode WHEN 'off' THEN 'local' ELSE mode END, true)
        FROM current_setting('synchronous_commit') AS mode
      )`;
