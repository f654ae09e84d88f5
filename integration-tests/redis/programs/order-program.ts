/**
 * Runs an order, kept on Redis, or goes on with it, and says line by line what it does.
 *
 * Told to hang, it never gets beyond the payment, and waits to be killed.
 * @module
 */
import { event, start, workflow } from '@runafter/core';
import { redisRunStore } from '@runafter/redis';

const { url, prefix, hangs } = JSON.parse(String(process.argv[2])) as {
  url: string;
  prefix: string;
  hangs: boolean;
};

const approval = event<string>('approval');

const order = workflow('Order', (flow) => {
  const reserved = flow.action('Reserve', () => {
    console.log('reserves');
    return 'A-17';
  });
  const paid = flow.action('Pay', [reserved], async ([item]) => {
    console.log(`pays ${item}`);
    if (hangs) await new Promise(() => {});
  });
  const approved = flow.waitFor('Approval', [paid], approval, { timeout: '1m' });
  return flow.action('Ship', [reserved, approved], ([item, by]) => `${item} for ${by}`);
});

const store = redisRunStore(url, { prefix });
const result = await start(order, undefined, { store, runId: 'order-17', lease: '500ms' }).finished;
console.log(result.status === 'Succeeded' ? result.outputs : result.status);
await store.close();
