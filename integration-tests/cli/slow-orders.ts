/**
 * What the tests run as a program of its own: each order is written to the file `ORDERS_LOG`, and with
 * `ORDERS_HOLD` the third one takes for ever, so that there is time to do something to the process.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Flow, workflow } from '@runafter/core';

const { ORDERS_LOG = '', ORDERS_HOLD } = process.env;

export const slowOrders = workflow(
  'Slow_Orders',
  (flow: Flow<readonly string[]>) => {
    const orders = flow.forEach(
      'Orders',
      [],
      (_, { input }) => input,
      (each) =>
        each.action('Ship', async ({ item, index, signal }) => {
          if (ORDERS_HOLD !== undefined && index === 2) {
            appendFileSync(ORDERS_LOG, `holding ${item}\n`);
            await sleep(3_600_000, undefined, ORDERS_HOLD === 'deaf' ? {} : { signal });
          }
          appendFileSync(ORDERS_LOG, `${item}\n`);
          return item;
        }),
    );
    return flow.action('Count', [orders], ([shipped]) => shipped.length);
  },
  { grace: '1h' },
);
