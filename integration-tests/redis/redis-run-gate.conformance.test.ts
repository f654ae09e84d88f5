import { describeGate, type GateConnectOptions } from '@runafter/clock/conformance';
import { type RedisRunGate, redisRunGate } from '@runafter/redis';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { onService } from '../services/on-service.ts';
import { PermitProcess } from './permit-process.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);

  describeGate('redisRunGate', {
    async open() {
      const prefix = server.freshPrefix();
      const gates: RedisRunGate[] = [];
      const processes: PermitProcess[] = [];
      const connect = (to: string, options: GateConnectOptions) => {
        const gate = redisRunGate(to, { ...options, name: 'a', prefix });
        gates.push(gate);
        return gate;
      };
      const observer = connect(url, { concurrency: 1, waiting: 0 });
      return {
        connect: async (options) => connect(url, options),
        async connectFaulty(options) {
          const proxy = await server.proxy();
          return { gate: connect(proxy.url, options), ...faultyNetwork(proxy) };
        },
        look: () => observer.inspect(),
        async startProcess(gate) {
          const place = { url, prefix, gate };
          const started = await PermitProcess.start({ place, weight: 1 });
          processes.push(started);
          return started;
        },
        async close() {
          await Promise.all(processes.map((each) => each.kill()));
          await Promise.all(gates.map((gate) => gate.close()));
        },
      };
    },
    // Scenes are played side by side, and each has to be heard of in time.
    shortestTtl: 3_000,
  });
});
