/** What the URL of a store means. */
import { describe, expect, it } from 'vitest';
import { parseStoreUrl, withoutPassword } from '../src/store-url.ts';

it.each([
  ['runs.db', { kind: 'sqlite', address: 'runs.db' }],
  ['./a/runs.db', { kind: 'sqlite', address: './a/runs.db' }],
  ['C:\\runs.db', { kind: 'sqlite', address: 'C:\\runs.db' }],
  ['sqlite:runs.db', { kind: 'sqlite', address: 'runs.db' }],
  ['sqlite:/var/runs.db', { kind: 'sqlite', address: '/var/runs.db' }],
  ['sqlite://runs.db', { kind: 'sqlite', address: 'runs.db' }],
  ['sqlite:///var/runs.db', { kind: 'sqlite', address: '/var/runs.db' }],
  ['sqlite:a=b;c.db', { kind: 'sqlite', address: 'a=b;c.db' }],
  ['file:runs.db', { kind: 'sqlite', address: 'runs.db' }],
  ['file:./a/runs.db', { kind: 'sqlite', address: './a/runs.db' }],
  ['file:///var/my%20runs.db', { kind: 'sqlite', address: '/var/my runs.db' }],
  ['redis://h:1', { kind: 'redis', address: 'redis://h:1', label: 'redis://h:1' }],
  ['rediss://h', { kind: 'redis', address: 'rediss://h' }],
  ['redis://h/2?prefix=shop:', { kind: 'redis', address: 'redis://h/2', place: 'shop:' }],
  ['postgresql://h/app', { kind: 'postgres', address: 'postgresql://h/app', place: undefined }],
  [
    'postgres://u:p@h/app?sslmode=require&schema=shop',
    {
      kind: 'postgres',
      address: 'postgres://u:p@h/app?sslmode=require',
      label: 'postgres://u:***@h/app?sslmode=require&schema=shop',
      place: 'shop',
    },
  ],
])('%s', (url, meaning) => {
  expect(parseStoreUrl(url)).toMatchObject(meaning);
});

describe('refused', () => {
  it.each([
    ['', 'is empty'],
    ['sqlite:', 'names no file'],
    ['mysql://h/app', 'keeps no runs'],
    ['postgre://u:p@h/app', 'Did you mean "postgres"?'],
    ['redis://h:port', 'is no URL'],
    ['Server=sql,1433;User Id=sa;Password=secret', '"Server=***" is a connection string'],
    ['AccountName=shop;AccountKey=secret==', '"AccountName=***" is a connection string'],
    ['host=db password=secret', '"host=***" is a connection string'],
    ['file://elsewhere/runs.db', 'no path of this machine'],
  ])('%s', (url, says) => {
    expect(() => parseStoreUrl(url)).toThrow(says);
  });

  it('without its password', () => {
    expect(() => parseStoreUrl('mysql://u:secret@h/app')).toThrow('mysql://u:***@h/app');
  });
});

it('a password with odd characters is hidden as a whole', () => {
  expect(withoutPassword('redis://:a:b/c?@h:6379/0')).not.toMatch(/a:b|c\?/);
  expect(withoutPassword('redis://:se@cret@h:6379/0')).toBe('redis://:***@h:6379/0');
  expect(withoutPassword('postgres://u:se@c/r@et@h/app')).toBe('postgres://u:***@h/app');
  expect(withoutPassword('postgres://h/app?user=u&password=secret&sslmode=require')).toBe(
    'postgres://h/app?user=u&password=***&sslmode=require',
  );
  expect(withoutPassword('redis://h:6379/0')).toBe('redis://h:6379/0');
});
