/**
 * What writes to runs: one function in the database, which does any number of calls in one transaction.
 *
 * Invariant: each run is locked before anything of it is looked at, and the runs of a transaction in the
 * order in which they come, which is the same for everybody: so calls on one run are done one after the
 * other, whoever makes them, and no two transactions wait for each other. A function and not one statement,
 * since each of its statements sees what was committed before it began, also what it had to wait for.
 *
 * It runs with the rights of its caller. Read next: run-call.ts, what it is given; write-queue.ts, by whom.
 * @module
 */

/** `visits` is an array of `{ run, calls }`; the answers come in the order of the calls. */
export const writeRuns: string = `
CREATE FUNCTION :schema.write_runs(visits jsonb)
RETURNS SETOF jsonb LANGUAGE plpgsql
SET search_path = :schema, pg_temp
SET lock_timeout = '5s'
AS $function$
DECLARE
  visit jsonb;
  call jsonb;
  header runs;
  may_write boolean;
  last_holder text;
  newest bigint;
  counted integer;
BEGIN
  -- What a crash of the server takes back was not acknowledged: also where commits do not wait for the disk.
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'local', true);
  END IF;
  FOR visit IN SELECT * FROM jsonb_array_elements(visits) LOOP
    SELECT * INTO header FROM runs WHERE id = visit->>'run' FOR NO KEY UPDATE;
    newest := header.last_signal;
    FOR call IN SELECT * FROM jsonb_array_elements(visit->'calls') LOOP
      may_write := coalesce(header.token = (call->>'token')::bigint, false);
      CASE call->>'call'

      WHEN 'createRun' THEN
        IF header.number IS NULL THEN
          INSERT INTO runs (id, workflow, version, key_root, start_time, holder, expires_at)
          VALUES (
            visit->>'run', call->>'workflow', call->>'version', call->>'keyRoot',
            (call->>'startTime')::float8, call->>'holder',
            extract(epoch FROM clock_timestamp()) * 1000 + (call->>'ttl')::float8
          )
          ON CONFLICT (id) DO NOTHING RETURNING * INTO header;
          newest := header.last_signal;
          IF FOUND THEN
            INSERT INTO run_texts VALUES (header.number, call->>'definition', call->>'input');
            RETURN NEXT jsonb_build_object('state', 'created', 'token', header.token);
            CONTINUE;
          END IF;
          SELECT * INTO header FROM runs WHERE id = visit->>'run' FOR NO KEY UPDATE;
          newest := header.last_signal;
        END IF;
        RETURN NEXT jsonb_build_object('state', 'exists');

      WHEN 'deleteRun' THEN
        IF header.number IS NULL OR call ? 'endedBefore'
          AND NOT coalesce(header.end_time < (call->>'endedBefore')::float8, false) THEN
          RETURN NEXT to_jsonb(false);
        ELSE
          INSERT INTO deleted_runs VALUES (header.number);
          DELETE FROM run_texts WHERE run = header.number;
          DELETE FROM runs WHERE number = header.number;
          header := NULL;
          RETURN NEXT to_jsonb(true);
        END IF;

      WHEN 'acquireLease' THEN
        IF header.number IS NULL THEN
          RETURN NEXT jsonb_build_object('state', 'unknown');
        ELSIF header.holder IS NOT NULL
          AND header.expires_at > extract(epoch FROM clock_timestamp()) * 1000 THEN
          RETURN NEXT jsonb_build_object(
            'state', 'held', 'holder', header.holder, 'expiresAt', header.expires_at
          );
        ELSE
          last_holder := header.holder;
          UPDATE runs SET token = DEFAULT, holder = call->>'holder',
            expires_at = extract(epoch FROM clock_timestamp()) * 1000 + (call->>'ttl')::float8
          WHERE number = header.number RETURNING * INTO header;
          RETURN NEXT jsonb_build_object(
            'state', 'granted', 'token', header.token, 'expired', last_holder
          );
        END IF;

      WHEN 'renewLease' THEN
        RETURN NEXT to_jsonb(may_write AND header.holder IS NOT NULL);
        IF may_write AND header.holder IS NOT NULL THEN
          UPDATE runs SET
            expires_at = extract(epoch FROM clock_timestamp()) * 1000 + (call->>'ttl')::float8
          WHERE number = header.number RETURNING * INTO header;
        END IF;

      WHEN 'releaseLease' THEN
        IF may_write THEN
          UPDATE runs SET holder = NULL, expires_at = NULL
          WHERE number = header.number RETURNING * INTO header;
        END IF;
        RETURN NEXT NULL;

      WHEN 'claimAttempt' THEN
        counted := NULL;
        IF header.status = 'Running' THEN
          INSERT INTO run_outcomes AS place (run, frame, key, attempt, delivery, is_reported)
          VALUES (
            header.number, call->>'frame', call->>'key', (call->>'attempt')::integer, 1, false
          )
          ON CONFLICT (run, frame, key) DO UPDATE SET
            attempt = excluded.attempt,
            delivery = CASE WHEN place.attempt = excluded.attempt THEN place.delivery + 1 ELSE 1 END,
            is_reported = false
          WHERE place.status IS NULL AND (
            place.attempt < excluded.attempt
            OR place.attempt = excluded.attempt AND NOT place.is_reported
          )
          RETURNING delivery INTO counted;
        END IF;
        RETURN NEXT to_jsonb(counted);

      WHEN 'recordOutcome' THEN
        IF NOT may_write THEN
          RETURN NEXT to_jsonb('fenced'::text);
          CONTINUE;
        END IF;
        INSERT INTO run_outcomes AS place (
          run, frame, key, status, attempt, start_time, end_time, outputs, error_code, error_message,
          details
        )
        VALUES (
          header.number, call->>'frame', call->>'key', call->>'status', (call->>'attempt')::integer,
          (call->>'startTime')::float8, (call->>'endTime')::float8, call->>'outputs',
          call->>'errorCode', call->>'errorMessage', call->>'details'
        )
        ON CONFLICT (run, frame, key) DO UPDATE SET
          status = excluded.status, attempt = excluded.attempt, delivery = NULL, is_reported = NULL,
          start_time = excluded.start_time, end_time = excluded.end_time, outputs = excluded.outputs,
          error_code = excluded.error_code, error_message = excluded.error_message,
          details = excluded.details
        WHERE place.status IS NULL;
        IF NOT FOUND THEN
          RETURN NEXT to_jsonb('duplicate'::text);
          CONTINUE;
        END IF;
        IF call ? 'signals' THEN
          DELETE FROM run_signals WHERE run = header.number AND number = ANY (
            ARRAY(SELECT value::bigint FROM jsonb_array_elements_text(call->'signals'))
          );
        END IF;
        IF call ? 'forgetState' THEN
          DELETE FROM run_states WHERE run = header.number AND path = call->>'forgetState';
        END IF;
        RETURN NEXT to_jsonb('recorded'::text);

      WHEN 'saveState' THEN
        IF may_write THEN
          INSERT INTO run_states VALUES (header.number, call->>'path', call->>'state')
          ON CONFLICT (run, path) DO UPDATE SET state = excluded.state;
        END IF;
        RETURN NEXT to_jsonb(may_write);

      WHEN 'putSignal' THEN
        IF header.number IS NULL THEN
          RETURN NEXT to_jsonb('unknown'::text);
          CONTINUE;
        END IF;
        IF header.status <> 'Running' THEN
          RETURN NEXT to_jsonb('ended'::text);
          CONTINUE;
        END IF;
        IF call ? 'id' AND EXISTS (
          SELECT FROM run_signal_ids WHERE run = header.number AND id = call->>'id'
        ) THEN
          RETURN NEXT to_jsonb('duplicate'::text);
          CONTINUE;
        END IF;
        IF call ? 'delivery' THEN
          UPDATE run_outcomes AS place SET is_reported = true
          WHERE run = header.number AND frame = call->>'frame' AND key = call->>'key'
            AND status IS NULL AND attempt = (call->>'attempt')::integer
            AND delivery = (call->>'delivery')::integer AND NOT is_reported;
          IF NOT FOUND THEN
            RETURN NEXT to_jsonb('stale'::text);
            CONTINUE;
          END IF;
        END IF;
        IF call ? 'id' THEN
          INSERT INTO run_signal_ids VALUES (header.number, call->>'id');
        END IF;
        newest := newest + 1;
        INSERT INTO run_signals VALUES (
          header.number, newest, call->>'event', call->>'correlate', call->>'payload',
          call->>'id'
        );
        RETURN NEXT to_jsonb(newest);

      WHEN 'endRun' THEN
        IF may_write THEN
          UPDATE runs SET status = call->>'status', error_code = call->>'errorCode',
            error_message = call->>'errorMessage', end_time = (call->>'endTime')::float8
          WHERE number = header.number AND status = 'Running';
          UPDATE runs SET holder = NULL, expires_at = NULL
          WHERE number = header.number RETURNING * INTO header;
        END IF;
        RETURN NEXT to_jsonb(may_write);
      END CASE;
    END LOOP;
    -- Once for all signals: each change of a row leaves another version of it behind.
    IF newest > header.last_signal THEN
      UPDATE runs SET last_signal = newest WHERE number = header.number;
    END IF;
  END LOOP;
END
$function$;`.trimStart();
