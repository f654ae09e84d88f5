/**
 * A limiter on Redis that has room: a permit taken and given back, next to a script that counts calls, and to
 * bottleneck's clustering. What the script lacks: a concurrency, waiting, permits that expire, and lost replies that
 * are not counted twice. What bottleneck lacks: sliding windows, and a wait that can be aborted. It gives a permit
 * back before it goes on, ours meanwhile.
 *
 * Each side has a connection of its own, from the same ioredis.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { placeIn } from '../harness/bench-places.ts';
import type { Side, Work } from '../harness/work.ts';
import { connect, keyOf } from '../lock/backends/redis.ts';
import type { Acquire, OpenContender } from '../lock/contender.ts';
import { oneByOne } from '../lock/uncontended.ts';

const each = 50;

/** More than all rounds make. */
const calls = 1_000_000;

/** In milliseconds. */
const per = 300_000;

const concurrency = 5;

/** @param limits - beside the rate. */
function oursWith(limits: { readonly concurrency?: number }): OpenContender {
  return async (name, cleanup) => {
    const { redisLimiter } = await import('@runafter/redis');
    const { prefix } = placeIn('redis');
    const client = await connect(cleanup);
    const options = { name, prefix, rate: { calls, per }, ...limits };
    const limiter = cleanup.use(redisLimiter(client, options));
    return async () => {
      const permit = await limiter.acquire();
      return () => permit.release();
    };
  };
}

const countingScript = `
local calls = redis.call('INCRBY', KEYS[1], ARGV[1])
if calls == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return calls`;

async function openScript(name: string, cleanup: AsyncDisposableStack): Promise<Acquire> {
  const client = (await connect(cleanup, {
    scripts: { countCall: { lua: countingScript, numberOfKeys: 1 } },
  })) as RawClient;
  const key = keyOf(name);
  return async () => {
    if ((await client.countCall(key, 1, per)) > calls) throw new Error('The window is full.');
    return () => {};
  };
}

/** Its reservoir is the only rate that it has. A job is what it limits, so the work is one that takes no time. */
const bottleneck: Side = {
  units: each,
  expected: each,
  async prepare(cleanup) {
    const { default: Bottleneck } = await import('bottleneck');
    const { Redis } = await import('ioredis');
    const { hostname, port } = new URL(placeIn('redis').url);
    const limiter = new Bottleneck({
      ...{ id: keyOf(randomUUID()), datastore: 'ioredis', clearDatastore: true, Redis },
      clientOptions: { host: hostname, port: Number(port) },
      ...{ maxConcurrent: concurrency, reservoir: calls, reservoirRefreshInterval: per },
      reservoirRefreshAmount: calls,
    });
    cleanup.defer(() => limiter.disconnect());
    await limiter.ready();
    return async () => {
      let done = 0;
      for (let call = 0; call < each; call++) done += await limiter.schedule(async () => 1);
      return done;
    };
  },
};

export const sharedLimiterWorks: readonly Work[] = [
  {
    kind: 'duel',
    name: 'Redis limiter, a rate alone',
    unit: 'µs/acquisition',
    needs: 'redis',
    ours: oneByOne(oursWith({}), each),
    peers: { 'INCRBY in a script': oneByOne(openScript, each) },
  },
  {
    kind: 'duel',
    name: 'Redis limiter, a rate and a concurrency',
    unit: 'µs/acquisition',
    needs: 'redis',
    ours: oneByOne(oursWith({ concurrency }), each),
    peers: { 'bottleneck, clustering': bottleneck },
  },
];

type RawClient = Redis & { countCall(key: string, calls: number, per: number): Promise<number> };
