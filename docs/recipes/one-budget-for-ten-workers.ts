/**
 * One budget for ten workers: the limit belongs to the connection, and not to who uses it.
 *
 * The page is docs/cookbook/one-budget-for-ten-workers.md. Each worker has a connection to Redis of its own, as a
 * program of its own would have. The service counts what is under way, which no pause of this machine can blur.
 * @module
 */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { boundedMap } from '@runafter/core';
import { redisLimiter } from '@runafter/redis';
import { limiter, type Rate } from '@runafter/throttle';
import { Places } from 'integration-tests/places';

const workers = Array.from({ length: 10 }, (_, number) => number);
const orders = Array.from({ length: 10 }, (_, number) => number);

/** Takes five calls at a time from a connection, and answers 429 to whoever is one too many. */
class Service {
  served = 0;
  refused = 0;
  #underWay = 0;

  async update(_order: number): Promise<number> {
    if (this.#underWay === 5) {
      this.refused++;
      return 429;
    }
    this.#underWay++;
    await setTimeout(5);
    this.#underWay--;
    this.served++;
    return 200;
  }
}

async function oneForEach(crm: Service): Promise<void> {
  // #region bug
  async function work(): Promise<void> {
    const limit = limiter({ concurrency: 5 }); // as the service says: five at a time
    await boundedMap(orders, { concurrency: 10 }, async (order) => {
      using _ = await limit.acquire();
      await crm.update(order);
    });
  }

  await Promise.all(workers.map(work));
  assert.ok(crm.refused > 0); // ten workers with five each are fifty
  // #endregion
}

async function oneForAll(crm: Service, url: string, prefix: string): Promise<void> {
  // #region fix
  async function work(): Promise<void> {
    await using limit = redisLimiter(url, { name: 'crm/connection-1', concurrency: 5, prefix });
    await boundedMap(orders, { concurrency: 10 }, async (order) => {
      using _ = await limit.acquire();
      await crm.update(order);
    });
  }

  await Promise.all(workers.map(work));
  assert.deepEqual([crm.served, crm.refused], [100, 0]);
  // #endregion
}

async function aRate(url: string, prefix: string): Promise<void> {
  const since = performance.now();
  const begun: number[] = [];
  // #region rate
  const perConnection: Rate = { calls: 20, per: '200ms' }; // connectorLimits.sharePoint is 600 in '1m'

  async function work(): Promise<void> {
    await using limit = redisLimiter(url, { name: 'sharepoint', rate: perConnection, prefix });
    await boundedMap([1, 2, 3, 4, 5], { concurrency: 5 }, async () => {
      using _ = await limit.acquire();
      begun.push(performance.now());
    });
  }

  await Promise.all(workers.map(work)); // fifty calls: twenty, twenty, and ten
  // #endregion
  assert.equal(begun.length, 50);
  // By the clock of the server; what is read here is later by what the reply took.
  assert.ok(begun.filter((at) => at - since < 200).length <= 20);
  assert.ok((begun.at(-1) ?? 0) - since > 395);
}

await using places = new Places(() => {});
await using redis = await places.open('redis');
const { url, prefix } = redis.place;
await oneForEach(new Service());
await oneForAll(new Service(), url, prefix);
await aRate(url, prefix);
