/**
 * The statements about what a pool has. Each is one step, and may be repeated.
 *
 * As many as `count` resources are the parameters `@id_0`, `@value_0` and so on. Not every server reads back
 * from JSON what it was given, and those that take tables as parameters do not take every schema's name there.
 * @module
 */

/** That of the table. */
const collation = 'Latin1_General_100_BIN2';

/**
 * Adds those that the pool does not have, in this order: `ORDER BY` is that of the positions. The hints let one
 * session at a time find that something is not there; a server that does not know them refuses the second row.
 */
export function insertNew(schema: string, count: number): string {
  return `
INSERT INTO ${schema}.pool_resources (pool, resource, value, withdrawn, token)
SELECT @pool + N'|', given.resource, given.value, 0, 0 FROM ${given(count)}
WHERE NOT EXISTS (
  SELECT 1 FROM ${schema}.pool_resources AS known WITH (UPDLOCK, HOLDLOCK)
  WHERE known.pool = @pool + N'|' AND known.resource = given.resource COLLATE ${collation}
)
ORDER BY given.place;`;
}

/** Gives those that the pool has these values, and brings them back. */
export function updateKnown(schema: string, count: number): string {
  return `
UPDATE known SET value = given.value, withdrawn = 0
FROM ${schema}.pool_resources AS known JOIN ${given(count)}
  ON known.pool = @pool + N'|' AND known.resource = given.resource COLLATE ${collation};`;
}

export function withdraw(schema: string, count: number): string {
  const names = numbers(count).map((n) => `@id_${n} + N'|'`);
  return `
UPDATE ${schema}.pool_resources SET withdrawn = 1
WHERE pool = @pool + N'|' AND resource IN (${names.join(', ')});`;
}

/** Under HOLDLOCK no row that was read changes until the last one is, so all are as of one moment. */
export function inspect(schema: string): string {
  return `
DECLARE @now bigint =
  DATEDIFF_BIG(millisecond, CAST('1970-01-01' AS datetime2(3)), SYSUTCDATETIME());
SELECT resource, value, withdrawn, token, owner, claimed_at, expires_at - @now AS expires_in
FROM ${schema}.pool_resources WITH (HOLDLOCK)
WHERE pool = @pool + N'|' ORDER BY position;`;
}

function given(count: number): string {
  const rows = numbers(count).map((n) => `(${n}, @id_${n} + N'|', @value_${n})`);
  return `(VALUES ${rows.join(', ')}) AS given (place, resource, value)`;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}
