import type { AtomicCounter } from '@runafter/counter';
import { type CounterConnectOptions, describeCounter } from '@runafter/counter/conformance';
import { postgresCounter } from '@runafter/postgres';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough } from '../testkit/lose-reply.ts';
import { useDatabase } from './database.ts';

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);

  describeCounter('postgresCounter', {
    async open() {
      await database.empty();
      const counters: AtomicCounter[] = [];
      const connect = (address: string, options?: CounterConnectOptions) => {
        const counter = postgresCounter(address, options);
        counters.push(counter);
        return counter;
      };
      return {
        connect: async (options) => connect(url, options),
        async connectFaulty(options) {
          const proxy = await database.proxy();
          const counter = connect(proxy.url, options);
          return { counter, loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile) };
        },
        // Ids expire by the server's clock, so what is stored is moved back instead.
        async passTime(ms) {
          await database.pool.query(
            `UPDATE runafter.counter_operations SET expires_at = expires_at - $1 * interval '1 ms'`,
            [ms],
          );
        },
        async close() {
          await Promise.all(counters.map((counter) => counter.close()));
        },
      };
    },
  });
});
