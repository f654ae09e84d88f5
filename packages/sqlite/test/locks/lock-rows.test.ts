/** What the table keeps of a request that is made again. */
import { expect, it, onTestFinished } from 'vitest';
import { findHolder, grantLock, releaseLock, renewLock } from '../../src/locks/lock-rows.ts';
import { openConnection } from '../../src/open-connection.ts';

function openTable() {
  const connection = openConnection(':memory:', { synchronous: 'normal', readOnly: false });
  onTestFinished(() => connection.close());
  return connection;
}

const ours = { prefix: '', name: 'job', owner: 'web-1:a' };
const another = { prefix: '', name: 'job', owner: 'web-2:b' };

it('grants an owner again what it has, with the same token and for longer', () => {
  const connection = openTable();
  expect(grantLock(connection, ours, 100)).toBe(1n);
  expect(findHolder(connection, ours, 50)).toBeUndefined();
  expect(grantLock(connection, ours, 200)).toBe(1n);
  expect(findHolder(connection, another, 150)).toEqual({
    granted: false,
    heldBy: 'web-1:a',
    freeIn: 50,
  });
});

it('grants the next owner a greater token, after a release and after the time', () => {
  const connection = openTable();
  grantLock(connection, ours, 100);
  expect(findHolder(connection, another, 100)).toBeUndefined();
  expect(grantLock(connection, another, 200)).toBe(2n);
  releaseLock(connection, another);
  expect(grantLock(connection, another, 300)).toBe(3n);
});

it('renews and releases only what this owner has', () => {
  const connection = openTable();
  grantLock(connection, ours, 100);
  expect(renewLock(connection, another, 900)).toBe(false);
  releaseLock(connection, another);
  expect(findHolder(connection, another, 99)).toMatchObject({ freeIn: 1 });
  expect(renewLock(connection, ours, 300)).toBe(true);
  releaseLock(connection, ours);
  expect(renewLock(connection, ours, 400)).toBe(false);
});
