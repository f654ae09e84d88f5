/** What the URL of a store means. */
import { describe, expect, it } from 'vitest';
import { parseStoreUrl, withoutPassword } from '../src/store-url.ts';

it.each([
  ['runs.db', { kind: 'sqlite', address: 'runs.db' }],
  ['./a/runs.db', { kind: 'sqlite', address: './a/runs.db' }],
  ['C:\\runs.db', { kind: 'sqlite', address: 'C:\\runs.db' }],
  ['sqlite:runs.db', { kind: 'sqlite', address: 'runs.db' }],
  ['sqlite:/var/runs.db', { kind: 'sqlite', address: '/var/runs.db' }],
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
  expect(withoutPassword('redis://h:6379/0')).toBe('redis://h:6379/0');
});
