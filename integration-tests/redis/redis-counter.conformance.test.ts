import type { AtomicCounter } from '@runafter/counter';
import { type CounterConnectOptions, describeCounter } from '@runafter/counter/conformance';
import { redisCounter } from '@runafter/redis';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough } from '../testkit/lose-reply.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', (place) => {
  const server = useRedis(place.url, place.prefix);

  describeCounter('redisCounter', {
    async open() {
      const prefix = server.freshPrefix();
      const counters: AtomicCounter[] = [];
      const connect = (url: string, options?: CounterConnectOptions) => {
        const counter = redisCounter(url, { ...options, prefix });
        counters.push(counter);
        return counter;
      };
      return {
        connect: async (options) => connect(place.url, options),
        async connectFaulty(options) {
          const proxy = await server.proxy();
          const counter = connect(proxy.url, options);
          return { counter, loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile) };
        },
        // Ids expire by the server's clock, so what is stored expires earlier instead.
        passTime: (ms) => server.passTime(prefix, ms),
        async close() {
          await Promise.all(counters.map((counter) => counter.close()));
        },
      };
    },
  });
});
