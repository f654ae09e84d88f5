import { describe, expect, it } from 'vitest';
import { migrationSql } from '../src/index.ts';

describe('the SQL of a migration', () => {
  it('is one transaction', () => {
    expect(migrationSql()).toMatch(/^BEGIN ISOLATION LEVEL READ COMMITTED;\n/);
    expect(migrationSql()).toMatch(/\nCOMMIT;\n$/);
  });

  it('leaves out the steps that were taken before', () => {
    expect(migrationSql({ from: 1 })).not.toContain('.documents');
    expect(migrationSql({ from: 1 })).toContain('.counters');
    expect(migrationSql({ from: 2 })).not.toContain('.counters');
    expect(migrationSql({ from: 2 })).toContain('.locks');
    expect(migrationSql({ from: 3 })).not.toContain('.locks');
    expect(migrationSql({ from: 3 })).toContain('.pools');
    expect(migrationSql({ from: 4 })).not.toContain('.pools');
    expect(migrationSql({ from: 4 })).toContain('.runs');
  });

  it.each([-1, 0.5, 6, Number.NaN])('is not to be had from step %d', (from) => {
    expect(() => migrationSql({ from })).toThrow(
      expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'from' }),
    );
  });

  it.each(['', 'a\0b', '\ud800', 'x'.repeat(64), 'é'.repeat(32)])(
    'is not made for a schema named %j',
    (schema) => {
      expect(() => migrationSql({ schema })).toThrow(
        expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'schema' }),
      );
    },
  );

  it('has no block that a name in it could end', () => {
    const sql = migrationSql({ schema: '$$ $q1$; DROP TABLE x; --' });
    expect(sql).toContain('DO $q2$\n');
    expect(sql).not.toMatch(/DO \$(q1)?\$\n/);
  });
});
