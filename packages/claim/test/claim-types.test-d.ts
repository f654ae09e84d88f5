import type { DocumentStore } from '@runafter/optimistic';
import { expectTypeOf, test } from 'vitest';
import {
  type Assignment,
  type Creation,
  createIfAbsent,
  createOnce,
  memoryPools,
  type Pool,
  pool,
  type ResourceLease,
} from '../src/index.ts';

const store = memoryPools();

interface Seat {
  readonly id: string;
  readonly rows: number[];
}

test('a pool is one of texts or of objects, also of those that others add', () => {
  const licences = pool(store, 'licences', ['E5-001', 'E5-002']);
  expectTypeOf(licences).toEqualTypeOf<Pool<string>>();
  void licences.add(['E5-003']);
  expectTypeOf(pool(store, 'licences')).toEqualTypeOf<Pool<string>>();
  const seats = pool(store, 'seats', [{ id: 'a', rows: [1] }]);
  expectTypeOf(seats).toEqualTypeOf<Pool<{ id: string; rows: number[] }>>();
  expectTypeOf(pool<Seat>(store, 'seats')).toEqualTypeOf<Pool<Seat>>();
  // @ts-expect-error: it has no id.
  pool(store, 'seats', [{ name: 'a' }]);
  // @ts-expect-error: a number is no resource.
  pool(store, 'seats', [1]);
});

test('a claim is given what its mode says', () => {
  const licences = pool(store, 'licences', ['E5-001']);
  expectTypeOf(licences.claim({ mode: 'assign', once: 'a' })).resolves.toEqualTypeOf<
    Assignment<string>
  >();
  expectTypeOf(licences.claim({ mode: 'lease', ttl: '1m' })).resolves.toEqualTypeOf<
    ResourceLease<string>
  >();
  expectTypeOf(licences.tryClaim({ mode: 'assign', once: 'a' })).resolves.toEqualTypeOf<
    Assignment<string> | undefined
  >();
  expectTypeOf(licences.tryClaim({ mode: 'lease' })).resolves.toEqualTypeOf<
    ResourceLease<string> | undefined
  >();
});

test('a claim says all that its mode needs, and nothing else', () => {
  const licences = pool(store, 'licences', ['E5-001']);
  // @ts-expect-error: an assignment is an operation's.
  void licences.claim({ mode: 'assign' });
  // @ts-expect-error: an assignment does not expire.
  void licences.claim({ mode: 'assign', once: 'a', ttl: '1m' });
  // @ts-expect-error: a lease is its holder's.
  void licences.claim({ mode: 'lease', once: 'a' });
  // @ts-expect-error: it has to be said.
  void licences.claim({ once: 'a' });
  // @ts-expect-error: a single try does not wait.
  void licences.tryClaim({ mode: 'lease', wait: '1m' });
});

test('what is created is what the store holds', () => {
  const customers = {} as DocumentStore<Creation<{ id: number }>>;
  expectTypeOf(createOnce(customers, 'a', () => ({ id: 1 }))).resolves.toEqualTypeOf<{
    id: number;
  }>();
  expectTypeOf(createOnce(customers, 'a', async () => ({ id: 1 }))).resolves.toEqualTypeOf<{
    id: number;
  }>();
  // @ts-expect-error: not what this store holds.
  void createOnce(customers, 'a', () => 'anna');
  // @ts-expect-error: a store of something else.
  void createOnce({} as DocumentStore<{ id: number }>, 'a', () => ({ id: 1 }));
  const records = {} as DocumentStore<{ id: number }>;
  // @ts-expect-error: not what this store holds.
  void createIfAbsent(records, 'a', { id: 'one' });
});
