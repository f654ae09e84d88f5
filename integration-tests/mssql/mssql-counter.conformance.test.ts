import { describeCounter } from '@runafter/counter/conformance';
import { mssqlCounter } from '@runafter/mssql';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough } from '../testkit/lose-reply.ts';
import { useDatabase } from './database.ts';

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);

  describeCounter('mssqlCounter', {
    async open() {
      await database.empty();
      let connections = 0;
      return {
        connect: async (options) => mssqlCounter(await database.poolOf(connections++), options),
        async connectFaulty(options) {
          const { pool, proxy } = await database.faulty();
          return {
            counter: mssqlCounter(pool, options),
            loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile),
          };
        },
        // Ids expire by the server's clock, so what is stored is moved back instead.
        async passTime(ms) {
          await database.run(
            `UPDATE runafter.counter_operations SET expires_at = expires_at - ${ms}`,
          );
        },
        close: async () => {},
      };
    },
  });
});
