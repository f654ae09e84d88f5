/** The procedures as flows call them, beside programs that use the driver. */
import { mssqlCounter } from '@runafter/mssql';
import mssql from 'mssql';
import { beforeEach, describe, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);
  beforeEach(() => database.empty());

  const execute = async (call: string) => (await database.run(`EXEC runafter.${call}`))[0];

  describe('a flow', () => {
    it('counts together with the driver', async () => {
      const counter = mssqlCounter(database.pool);
      await counter.add('orders', 5);
      const added = await execute(`add_to_counter @counter = N'orders'`);
      expect(added).toEqual({ value: '6', counted: true });
      expect(await counter.read('orders')).toBe(6n);
      expect(await execute(`read_counter @counter = N'orders'`)).toEqual({ value: '6' });
      expect(await execute(`read_counter @counter = N'nothing'`)).toEqual({ value: '0' });
    });

    it('counts an operation once, also one that a program has counted', async () => {
      await mssqlCounter(database.pool).add('orders', 5, { once: 'order-17' });
      const again = `add_to_counter @counter = N'orders', @amount = 5, @operation = N'order-17'`;
      expect(await execute(again)).toEqual({ value: '5', counted: false });
    });

    it('gets the value as an output parameter, too', async () => {
      const request = database.pool.request().input('counter', mssql.NVarChar(400), 'orders');
      request.input('amount', mssql.BigInt, 7).output('value', mssql.BigInt);
      const { output } = await request.execute('runafter.add_to_counter');
      expect(output.value).toBe('7');
    });

    it('resets a counter that has the expected value, and no other', async () => {
      await execute(`add_to_counter @counter = N'orders', @amount = 25`);
      const changed = await execute(`reset_counter @counter = N'orders', @expected = 24`);
      expect(changed).toEqual({ value: '25', was_reset: false });
      const done = await execute(`reset_counter @counter = N'orders', @expected = 25, @to = 1`);
      expect(done).toEqual({ value: '25', was_reset: true });
      expect(await execute(`read_counter @counter = N'orders'`)).toEqual({ value: '1' });
    });

    it('that would leave the range gets an error, and nothing is added, nor is the id kept', async () => {
      await execute(`reset_counter @counter = N'orders', @to = 9223372036854775807`);
      const call = `add_to_counter @counter = N'orders', @operation = N'order-17'`;
      await expect(execute(call)).rejects.toMatchObject({ number: 8115 });
      await execute(`reset_counter @counter = N'orders', @to = 0`);
      expect(await execute(call)).toEqual({ value: '1', counted: true });
    });

    it('rolls back what it has counted with its own transaction', async () => {
      await execute(`add_to_counter @counter = N'orders'`);
      await database.run(
        `BEGIN TRANSACTION;
         EXEC runafter.add_to_counter @counter = N'orders', @operation = N'order-17';
         ROLLBACK TRANSACTION;`,
      );
      expect(await mssqlCounter(database.pool).read('orders')).toBe(1n);
    });

    it('deletes no ids that have expired in its own transaction, which would keep them locked', async () => {
      const ids = () => database.run('SELECT operation FROM runafter.counter_operations');
      const call = (id: string) =>
        `EXEC runafter.add_to_counter @counter = N'orders', @operation = N'${id}';`;
      await database.run(`${call('old')} UPDATE runafter.counter_operations SET expires_at = 0;`);
      await database.run(`BEGIN TRANSACTION; ${call('joined')} COMMIT TRANSACTION;`);
      expect(await ids()).toContainEqual({ operation: 'old|' });
      await database.run(call('alone'));
      expect(await ids()).not.toContainEqual({ operation: 'old|' });
    });

    it('finds names with spaces at their end to be different ones', async () => {
      await execute(`add_to_counter @counter = N'a', @amount = 1`);
      await execute(`add_to_counter @counter = N'a ', @amount = 2`);
      await execute(`add_to_counter @counter = N'A', @amount = 3`);
      const counter = mssqlCounter(database.pool);
      expect(await Promise.all(['a', 'a ', 'A'].map((name) => counter.read(name)))).toEqual([
        1n,
        2n,
        3n,
      ]);
    });
  });
});
