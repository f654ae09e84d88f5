/**
 * What deletes the rows of runs that are gone: one function in the database, a slice at each call.
 *
 * Invariant: a run is gone for everybody with the row that has its id. What hangs on its number is seen by
 * nobody then, so nobody waits for what is deleted here. What an interruption leaves is deleted together with
 * the next run that is.
 * @module
 */

/** Whether there may be more to delete. Of those who sweep at the same time, one at a time has a run. */
export const sweepRuns: string = `
CREATE FUNCTION :schema.sweep_runs(most integer)
RETURNS boolean LANGUAGE plpgsql
SET search_path = :schema, pg_temp
AS $function$
DECLARE
  gone bigint;
BEGIN
  SELECT run INTO gone FROM deleted_runs LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN false; END IF;
  ${['run_outcomes', 'run_states', 'run_signals', 'run_signal_ids'].map(deleteSome).join('\n  ')}
  DELETE FROM deleted_runs WHERE run = gone;
  RETURN true;
END
$function$;`.trimStart();

function deleteSome(table: string): string {
  return `DELETE FROM ${table} WHERE ctid = ANY (
    ARRAY(SELECT ctid FROM ${table} WHERE run = gone LIMIT most)
  );
  IF FOUND THEN RETURN true; END IF;`;
}
