import { describe, expect, it } from 'vitest';
import { migrationSql } from '../src/index.ts';

describe('the T-SQL of a migration', () => {
  it('is one transaction, and one batch', () => {
    expect(migrationSql()).toMatch(/^SET XACT_ABORT ON;\nBEGIN TRANSACTION;\n/);
    expect(migrationSql()).toMatch(/\nCOMMIT TRANSACTION;\n$/);
    expect(migrationSql()).not.toMatch(/^\s*GO\s*$/im);
  });

  it('leaves out the steps that were taken before', () => {
    expect(migrationSql({ from: 1 })).not.toContain('.documents');
    expect(migrationSql({ from: 1 })).toContain('.counters');
    expect(migrationSql({ from: 2 })).not.toContain('.counters');
    expect(migrationSql({ from: 2 })).toContain('.locks');
    expect(migrationSql({ from: 3 })).not.toContain('.locks');
    expect(migrationSql({ from: 3 })).toContain('.pool_resources');
    expect(migrationSql({ from: 4 })).not.toContain('.pool_resources');
  });

  it.each([-1, 0.5, 5, Number.NaN])('is not to be had from step %d', (from) => {
    expect(() => migrationSql({ from })).toThrow(
      expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'from' }),
    );
  });

  it.each(['', 'a\0b', '\ud800', 'x'.repeat(129)])(
    'is not made for a schema named %j',
    (schema) => {
      expect(() => migrationSql({ schema })).toThrow(
        expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'schema' }),
      );
    },
  );

  it.each(['add_to_counter', 'reset_counter', 'claim_resource', 'release_resource'])(
    'has %s set the isolation level that its hints need, whatever the caller has set',
    (procedure) => {
      const [, body = ''] = migrationSql().split(`CREATE PROCEDURE [runafter].${procedure}`);
      const firstStatements = body.slice(0, body.indexOf('DECLARE'));
      expect(firstStatements).toContain('SET TRANSACTION ISOLATION LEVEL READ COMMITTED;');
    },
  );

  it('doubles what would end a name or a text', () => {
    const sql = migrationSql({ schema: "it's a]b" });
    expect(sql).toContain("EXEC (N'CREATE SCHEMA [it''s a]]b];');");
    expect(sql).toContain("IF SCHEMA_ID(N'it''s a]b') IS NULL");
  });
});
