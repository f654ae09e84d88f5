import { describeLimiter, type LimiterConnectOptions } from '@runafter/clock/conformance';
import { type RedisLimiter, redisLimiter } from '@runafter/redis';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { onService } from '../services/on-service.ts';
import { PermitProcess } from './permit-process.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);

  describeLimiter('redisLimiter', {
    async open() {
      const prefix = server.freshPrefix();
      const limiters: RedisLimiter[] = [];
      const processes: PermitProcess[] = [];
      const connect = (to: string, options: LimiterConnectOptions) => {
        const limiter = redisLimiter(to, { ...options, name: 'a', prefix });
        limiters.push(limiter);
        return limiter;
      };
      let observer: RedisLimiter | undefined;
      return {
        async connect(options) {
          observer ??= connect(url, options);
          return connect(url, options);
        },
        look: async () => (await observer?.inspect()) ?? { active: 0, waiting: 0 },
        async connectFaulty(options) {
          observer ??= connect(url, options);
          const proxy = await server.proxy();
          return { limiter: connect(proxy.url, options), ...faultyNetwork(proxy) };
        },
        async startProcess(limiter, weight) {
          observer ??= connect(url, limiter);
          const started = await PermitProcess.start({ place: { url, prefix, limiter }, weight });
          processes.push(started);
          return started;
        },
        async close() {
          await Promise.all(processes.map((each) => each.kill()));
          await Promise.all(limiters.map((limiter) => limiter.close()));
        },
      };
    },
    // Scenes are played side by side, and each has to be heard of in time.
    shortestTtl: 3_000,
  });
});
