/**
 * The stored procedures of pools: a claim, a renewal and a release are one call each.
 *
 * Invariant: whoever decides about an owner has the owner's row in pool_retired, whose key lets one in at a time:
 * a claim puts it there and takes it away again, a release for good leaves it. So of several calls for one owner
 * each sees what the one before it has left, and no claim comes after the release. Who gets a resource is decided
 * by the condition of one UPDATE of its row; the hints only keep claims of different owners out of each other's
 * way. Both hold on servers with lock hints and on servers without, with row versions (READ_COMMITTED_SNAPSHOT)
 * and without.
 * @see https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table
 * @module
 */

/**
 * Names are kept with an end mark, since SQL Server takes 'a' and 'a ' for equal. The isolation level lasts until
 * the procedure ends: under SERIALIZABLE and SNAPSHOT the server refuses READPAST (error 650).
 */
const beginning = `
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  DECLARE @in nvarchar(401) = @pool + N'|', @by nvarchar(401) = @owner + N'|', @now bigint;`.trimStart();

/** Milliseconds since 1970. Expiries are judged and counted by this clock alone. */
const lookAtClock = `
  SET @now = DATEDIFF_BIG(millisecond, CAST('1970-01-01' AS datetime2(3)), SYSUTCDATETIME());`.trimStart();

const isFree = `withdrawn = 0 AND (owner IS NULL OR expires_at <= @now)`;

/** What has no expiry lasts until it is released. */
const isOwn = `pool = @in AND owner = @by AND (expires_at IS NULL OR expires_at > @now)`;

/**
 * The time is looked at when the row is locked. Else a request that had to wait for it would count from before
 * the wait, and take away from what a later one of the same owner has been promised meanwhile.
 */
const lockOwn = `
  UPDATE :schema.pool_resources SET owner = owner WHERE pool = @in AND owner = @by;
  ${lookAtClock}`.trimStart();

/**
 * READCOMMITTEDLOCK, because where READ COMMITTED reads versions of rows, READPAST asks for it.
 *
 * @param hints - whether it passes over rows that somebody has locked.
 */
function firstFree(hints: string): string {
  return `
      SELECT TOP (1) @found = position FROM :schema.pool_resources WITH (${hints})
      WHERE pool = @in AND ${isFree} ORDER BY position;`.trimStart();
}

/**
 * Claims a resource: the one that the owner has, else the first free one. Tells the state, `claimed`, `busy` or
 * `retired`; the resource, if it was claimed; and if it is busy, in how many milliseconds the first one expires.
 *
 * Without a ttl the resource is kept until it is released. What somebody has locked is passed over; before it
 * says that nothing is free, it waits for that. The token is read back while the row is locked: what OUTPUT says
 * is not right on every server under contention.
 */
export const claimResource: string = `
CREATE PROCEDURE :schema.claim_resource
  @pool nvarchar(400),
  @owner nvarchar(400),
  @ttl_ms bigint = NULL
AS
BEGIN
  ${beginning}
  DECLARE @position bigint, @found bigint, @error int;
  BEGIN TRY
    BEGIN TRANSACTION;
    INSERT INTO :schema.pool_retired (pool, owner) VALUES (@in, @by);
  END TRY
  BEGIN CATCH
    SET @error = ERROR_NUMBER();
    IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
    IF @error NOT IN (2601, 2627) THROW;
    SELECT N'retired' AS state;
    RETURN;
  END CATCH;
  ${lockOwn}
  SELECT @position = position FROM :schema.pool_resources WHERE ${isOwn};
  IF @position IS NOT NULL
    UPDATE :schema.pool_resources SET expires_at = @now + @ttl_ms
    WHERE pool = @in AND position = @position;
  ELSE
    UPDATE :schema.pool_resources SET owner = NULL, claimed_at = NULL, expires_at = NULL
    WHERE pool = @in AND owner = @by;
  WHILE @position IS NULL
  BEGIN
    SET @found = NULL;
    ${lookAtClock}
    ${firstFree('UPDLOCK, ROWLOCK, READPAST, READCOMMITTEDLOCK')}
    IF @found IS NULL
      ${firstFree('UPDLOCK, ROWLOCK, READCOMMITTEDLOCK')}
    IF @found IS NULL BREAK;
    UPDATE :schema.pool_resources
    SET token = token + 1, owner = @by, claimed_at = @now, expires_at = @now + @ttl_ms
    WHERE pool = @in AND position = @found AND ${isFree};
    IF @@ROWCOUNT = 1 SET @position = @found;
  END;
  IF @position IS NULL
  BEGIN
    ROLLBACK TRANSACTION;
    SELECT N'busy' AS state, MIN(expires_at) - @now AS free_in
    FROM :schema.pool_resources WHERE pool = @in AND withdrawn = 0;
    RETURN;
  END;
  DELETE FROM :schema.pool_retired WHERE pool = @in AND owner = @by;
  SELECT N'claimed' AS state, resource, value, token
  FROM :schema.pool_resources WHERE pool = @in AND position = @position;
  COMMIT TRANSACTION;
END;`.trimStart();

/** Gives what the owner has another ttl, and tells whether there was something. */
export const renewClaim: string = `
CREATE PROCEDURE :schema.renew_claim
  @pool nvarchar(400),
  @owner nvarchar(400),
  @ttl_ms bigint = NULL
AS
BEGIN
  ${beginning}
  DECLARE @renewed bigint;
  BEGIN TRANSACTION;
  ${lockOwn}
  UPDATE :schema.pool_resources SET expires_at = @now + @ttl_ms WHERE ${isOwn};
  SET @renewed = @@ROWCOUNT;
  COMMIT TRANSACTION;
  SELECT @renewed AS renewed;
END;`.trimStart();

/**
 * Takes back what the owner has, and tells whether there was something. For good: the owner is given nothing
 * any more, for as long as it is among the last 1,000 of its pool.
 *
 * The owner is retired in a step of its own, which waits for its claims. Whoever meets an error after that
 * releases again. Older ones are forgotten a few at a time, without a wait for who has them locked.
 */
export const releaseResource: string = `
CREATE PROCEDURE :schema.release_resource
  @pool nvarchar(400),
  @owner nvarchar(400),
  @for_good bit = 0
AS
BEGIN
  ${beginning}
  DECLARE @oldest bigint, @released bigint;
  IF @for_good = 1
  BEGIN
    BEGIN TRY
      INSERT INTO :schema.pool_retired (pool, owner) VALUES (@in, @by);
    END TRY
    BEGIN CATCH
      IF ERROR_NUMBER() NOT IN (2601, 2627) THROW;
    END CATCH;
    SELECT @oldest = id FROM :schema.pool_retired WITH (READPAST, READCOMMITTEDLOCK)
    WHERE pool = @in ORDER BY id DESC OFFSET 999 ROWS FETCH NEXT 1 ROWS ONLY;
    DELETE TOP (8) FROM :schema.pool_retired WITH (ROWLOCK, READPAST, READCOMMITTEDLOCK)
    WHERE pool = @in AND id < @oldest;
  END;
  ${lookAtClock}
  UPDATE :schema.pool_resources SET owner = NULL, claimed_at = NULL, expires_at = NULL WHERE ${isOwn};
  SET @released = @@ROWCOUNT;
  SELECT @released AS released;
END;`.trimStart();
