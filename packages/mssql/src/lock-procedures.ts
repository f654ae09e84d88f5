/**
 * The stored procedures of locks. What decides is `sp_getapplock`, whose locks belong to a session and end
 * with it; the row beside it counts the tokens, and says for people who holds the lock.
 *
 * Invariant: only the session that holds the lock writes its row, so the token is counted under the lock, and
 * is committed before anybody learns of the grant.
 * @see https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-getapplock-transact-sql
 * @module
 */

/**
 * What the server knows the lock by. Names differ in case, in spaces at the end, in letters that not every
 * server takes there, and in length, so it is a hash of the name; and the schema's id, since whoever shares the
 * row must share the lock, however he writes the schema's name. Not being told the id would make it NULL, which
 * is refused.
 */
const declareResource = `
  DECLARE @resource nvarchar(255) =
    N'runafter.lock ' + CAST(SCHEMA_ID(OBJECT_SCHEMA_NAME(@@PROCID)) AS nvarchar(20)) + N' ' + @id;`.trimStart();

/** Under SERIALIZABLE and SNAPSHOT the server refuses READPAST (error 650). It lasts until the procedure ends. */
const beginning = `
  SET NOCOUNT ON;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;`.trimStart();

/** Asks once, and waits for nobody: who waits must not keep a session busy. */
const getApplock = `
  EXEC @result = sp_getapplock @Resource = @resource, @LockMode = N'Exclusive',
    @LockOwner = N'Session', @LockTimeout = 0, @DbPrincipal = N'public';`.trimStart();

const releaseApplock = `
  EXEC @result = sp_releaseapplock @Resource = @resource, @LockOwner = N'Session',
    @DbPrincipal = N'public';`.trimStart();

/**
 * Babelfish says -999 for what SQL Server says -1 for. And each lock that it does not give leaves an error
 * behind in the session: the whole server goes down when there are five. One that is caught takes them away.
 */
const mendBabelfish = `
  IF @result < 0 AND CAST(SERVERPROPERTY('Babelfish') AS int) = 1
  BEGIN
    IF @result = -999 SET @result = -1;
    BEGIN TRY
      THROW 51000, N'Nobody sees this.', 1;
    END TRY
    BEGIN CATCH
      SET @caught = ERROR_NUMBER();
    END CATCH;
  END;`.trimStart();

/**
 * Takes the lock if it is free. Tells the return code of sp_getapplock; the token, if it was granted; and
 * who holds it, if somebody else does and his row can be read at once: nobody waits for what is for people.
 */
export const acquireLock: string = `
CREATE PROCEDURE :schema.acquire_lock
  @id nvarchar(64),
  @name nvarchar(400),
  @owner nvarchar(400)
AS
BEGIN
  ${beginning}
  ${declareResource}
  DECLARE @result int, @caught int, @token bigint, @held_by nvarchar(400);
  ${getApplock}
  ${mendBabelfish}
  IF @result >= 0
  BEGIN
    BEGIN TRY
      UPDATE :schema.locks SET token = token + 1, owner = @owner, session = @@SPID WHERE id = @id;
      IF @@ROWCOUNT = 0
        INSERT INTO :schema.locks (id, name, token, owner, session) VALUES (@id, @name, 1, @owner, @@SPID);
      SELECT @token = token FROM :schema.locks WHERE id = @id;
    END TRY
    BEGIN CATCH
      ${releaseApplock}
      THROW;
    END CATCH;
  END
  ELSE
  BEGIN
    BEGIN TRY
      SELECT @held_by = owner FROM :schema.locks WITH (READPAST) WHERE id = @id;
    END TRY
    BEGIN CATCH
      SET @caught = ERROR_NUMBER();
    END CATCH;
  END;
  SELECT @result AS result, @token AS token, @held_by AS held_by;
END;`.trimStart();

/** Whether this session holds the lock. */
export const checkLock: string = `
CREATE PROCEDURE :schema.check_lock
  @id nvarchar(64)
AS
BEGIN
  SET NOCOUNT ON;
  ${declareResource}
  SELECT CASE APPLOCK_MODE(N'public', @resource, N'Session') WHEN N'Exclusive' THEN 1 ELSE 0 END AS held;
END;`.trimStart();

/**
 * Gives the lock back, if this session holds it. It is more important than the row, which is for people: that
 * may stay as it is when somebody keeps it locked, or when there is no room in the log, for instance.
 */
export const releaseLock: string = `
CREATE PROCEDURE :schema.release_lock
  @id nvarchar(64)
AS
BEGIN
  ${beginning}
  ${declareResource}
  DECLARE @result int = 0, @caught int;
  IF APPLOCK_MODE(N'public', @resource, N'Session') <> N'NoLock'
  BEGIN
    BEGIN TRY
      UPDATE :schema.locks WITH (READPAST) SET owner = NULL, session = NULL WHERE id = @id;
    END TRY
    BEGIN CATCH
      SET @caught = ERROR_NUMBER();
    END CATCH;
    ${releaseApplock}
  END;
  SELECT @result AS result;
END;`.trimStart();
