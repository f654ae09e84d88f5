/** Workflows that the tests run: one that succeeds, one that fails, one that takes its time. */
import { type Flow, settled, workflow } from '@runafter/core';

interface Order {
  readonly sku: string;
  readonly lines: readonly number[];
}

export const fulfilOrder = workflow('Fulfil_Order', (flow: Flow<Order>) => {
  const stock = flow.action('Validate_Inventory', ({ input }) => ({ sku: input.sku, left: 3 }));
  const chat = flow.action('Post_Teams_Notification', [stock], () => {
    throw new Error('Teams is down');
  });
  const lines = flow.forEach(
    'Lines',
    [stock],
    (_, { input }) => input.lines,
    (each) => each.action('Pack', ({ item }) => item * 2),
    { concurrency: 2 },
  );
  return flow.action('Close_Order', [lines, settled(chat)], ([packed, { status }]) => ({
    packed,
    chat: status,
  }));
});

export const refuseOrder = workflow('Refuse_Order', (flow: Flow<Order>) => {
  flow.action('Validate_Inventory', ({ input }) => {
    throw new Error(`${input.sku} is out of stock`);
  });
});
