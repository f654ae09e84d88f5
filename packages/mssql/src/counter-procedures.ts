/**
 * The stored procedures by which counters are added to: by our driver, and by flows and scripts that
 * only know SQL.
 *
 * Invariant: whoever changes a counter together with an operation id first locks the counter's row, by
 * writing it. So of several calls with one id the second sees what the first has kept, on servers with
 * lock hints and on servers without, under every isolation level.
 * @module
 */

/**
 * Names are kept with an end mark, since SQL Server takes 'a' and 'a ' for equal.
 *
 * The isolation level lasts until the procedure ends. Under SERIALIZABLE and SNAPSHOT the server refuses
 * READPAST (error 650); row locks that are taken by writing need neither.
 */
const beginning = `
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  DECLARE @stored nvarchar(401) = @counter + N'|';`.trimStart();

/**
 * The hints let one session at a time find that there is no row yet. A server that does not know them
 * refuses the second row instead, which is just as well.
 */
const createRow = `
  IF NOT EXISTS (SELECT 1 FROM :schema.counters WHERE name = @stored)
  BEGIN
    BEGIN TRY
      INSERT INTO :schema.counters (name, value)
      SELECT @stored, 0
      WHERE NOT EXISTS (SELECT 1 FROM :schema.counters WITH (UPDLOCK, HOLDLOCK) WHERE name = @stored);
    END TRY
    BEGIN CATCH
      IF ERROR_NUMBER() NOT IN (2601, 2627) THROW;
    END CATCH;
  END;`.trimStart();

/**
 * Adds to a counter; with an operation, at most once as long as its id is kept. Fails with error 8115,
 * and changes nothing, when the value would leave the range of bigint.
 *
 * Without an operation it is an UPDATE, read back while its row is locked. `OUTPUT inserted.value` says
 * that in one statement on SQL Server; Babelfish, under contention, gives several callers the same value.
 */
export const addToCounter: string = `
CREATE PROCEDURE :schema.add_to_counter
  @counter nvarchar(400),
  @amount bigint = 1,
  @operation nvarchar(400) = NULL,
  @keep_for_ms bigint = 86400000,
  @value bigint = NULL OUTPUT
AS
BEGIN
  ${beginning}
  SET @value = NULL;
  IF @operation IS NULL
  BEGIN
    BEGIN TRANSACTION;
    UPDATE :schema.counters SET value = value + @amount WHERE name = @stored;
    IF @@ROWCOUNT = 1 SELECT @value = value FROM :schema.counters WHERE name = @stored;
    COMMIT TRANSACTION;
    IF @value IS NOT NULL
    BEGIN
      SELECT @value AS value, CAST(1 AS bit) AS counted;
      RETURN;
    END;
  END;
  ${createRow}
  DECLARE @now bigint = DATEDIFF_BIG(millisecond, CAST('1970-01-01' AS datetime2(3)), SYSUTCDATETIME());
  DECLARE @kept nvarchar(401) = @operation + N'|';
  DECLARE @counted bit = 1;
  -- Ids that have expired, of any counter, a few at a time. It waits for nobody who has them locked; and
  -- a transaction of the caller's would keep them locked until it ends.
  IF @operation IS NOT NULL AND @@TRANCOUNT = 0
    DELETE TOP (8) FROM :schema.counter_operations WITH (ROWLOCK, READPAST) WHERE expires_at <= @now;
  BEGIN TRANSACTION;
  UPDATE :schema.counters SET value = value WHERE name = @stored;
  IF @operation IS NOT NULL
  BEGIN
    IF EXISTS (
      SELECT 1 FROM :schema.counter_operations
      WHERE counter = @stored AND operation = @kept AND expires_at > @now
    )
      SET @counted = 0;
    ELSE
    BEGIN
      UPDATE :schema.counter_operations SET expires_at = @now + @keep_for_ms
      WHERE counter = @stored AND operation = @kept;
      IF @@ROWCOUNT = 0
        INSERT INTO :schema.counter_operations (counter, operation, expires_at)
        VALUES (@stored, @kept, @now + @keep_for_ms);
    END;
  END;
  IF @counted = 1 UPDATE :schema.counters SET value = value + @amount WHERE name = @stored;
  SELECT @value = value FROM :schema.counters WHERE name = @stored;
  COMMIT TRANSACTION;
  SELECT @value AS value, @counted AS counted;
END;`.trimStart();

/** The value of a counter; 0 for one that nobody has added to. */
export const readCounter: string = `
CREATE PROCEDURE :schema.read_counter
  @counter nvarchar(400),
  @value bigint = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET @value = 0;
  SELECT @value = value FROM :schema.counters WHERE name = @counter + N'|';
  SELECT @value AS value;
END;`.trimStart();

/** Sets a counter, if it has the expected value or none is expected, and tells what it was before. */
export const resetCounter: string = `
CREATE PROCEDURE :schema.reset_counter
  @counter nvarchar(400),
  @to bigint = 0,
  @expected bigint = NULL,
  @value bigint = NULL OUTPUT
AS
BEGIN
  ${beginning}
  ${createRow}
  DECLARE @was_reset bit = 0;
  BEGIN TRANSACTION;
  UPDATE :schema.counters SET value = value WHERE name = @stored;
  SELECT @value = value FROM :schema.counters WHERE name = @stored;
  IF @expected IS NULL OR @value = @expected
  BEGIN
    UPDATE :schema.counters SET value = @to WHERE name = @stored;
    SET @was_reset = 1;
  END;
  COMMIT TRANSACTION;
  SELECT @value AS value, @was_reset AS was_reset;
END;`.trimStart();
