/**
 * What came of the calls that were made, by idempotency key, as the office has written it down.
 * @module
 */
import type { Office } from '@runafter/example-office';

export interface Effects {
  /** Different keys under which something was written. */
  readonly keys: number;
  /** Effects beyond the first one of a key: what was done twice. */
  readonly duplicates: number;
  /** Calls that came again under their key, and changed nothing. */
  readonly harmless: number;
}

export function effectsIn({ inspect }: Office): Effects {
  const keys = new Set(inspect.writes().flatMap(({ key }) => key ?? []));
  let duplicates = 0;
  let harmless = 0;
  for (const key of keys) {
    const effects = inspect.effects(key);
    duplicates += effects - 1;
    harmless += inspect.deliveries(key) - effects;
  }
  return { keys: keys.size, duplicates, harmless };
}
