/**
 * Some branches matter more: critical, important, optional.
 *
 * The page is docs/cookbook/some-branches-matter-more.md.
 * @module
 */
import assert from 'node:assert/strict';
import { virtualClock } from '@runafter/clock';
import { type Flow, settled, start, workflow } from '@runafter/core';
import { type FailurePolicy, graduated, policyScope } from '@runafter/results';

const clock = virtualClock({ autoAdvance: true });

interface Order {
  readonly id: number;
}

const order: Order = { id: 17 };

const erp = { book: async ({ id }: Order) => `booking of ${id}` };
const brokenErp = {
  async book(_order: Order): Promise<string> {
    throw new Error('The period is closed.');
  },
};
const mail = {
  async confirm(_order: Order): Promise<void> {
    throw new Error('The mailbox is full.');
  },
};
const chat = {
  async post(_order: Order): Promise<void> {
    throw new Error('Teams answered 503.');
  },
};

const tasks = new Map<string, string>();
const board = {
  /** One task for a key, however often it is asked for. */
  async open(title: string, { key }: { readonly key: string }): Promise<void> {
    tasks.set(key, title);
  },
};

// #region bug
const swallowAll = workflow('Swallow_All', (flow: Flow<Order>) => {
  const booked = flow.action('Book', ({ input }) => brokenErp.book(input));
  const mailed = flow.action('Mail', ({ input }) => mail.confirm(input));
  const posted = flow.action('Post', ({ input }) => chat.post(input));
  return flow.action('Close', [settled(booked), settled(mailed), settled(posted)], () => 'closed');
});

const closed = await start(swallowAll, order, { clock }).finished;
assert.equal(closed.status, 'Succeeded'); // no booking, no mail, and nobody knows
// #endregion

// #region policy
/** What this company does with failures; each workflow can use it. */
const withTasks: FailurePolicy = {
  ...graduated, // who says nothing is important
  onFlagged: ({ path, error }, { idempotencyKey }) =>
    board.open(`${path}: ${error?.message}`, { key: idempotencyKey }),
};
// #endregion

// #region fix
function closeOrder(name: string, { book }: typeof erp) {
  return workflow(name, (flow: Flow<Order>) => {
    const told = policyScope(flow, 'Tell', [], withTasks, (scope) => {
      scope.action('Book', ({ input }) => book(input), { criticality: 'critical' });
      scope.action('Mail', ({ input }) => mail.confirm(input));
      scope.action('Post', ({ input }) => chat.post(input), { criticality: 'optional' });
    });
    return flow.action('Close', [told], () => 'closed');
  });
}

const run = start(closeOrder('Close_Order', erp), order, { clock });
const result = await run.finished;
assert.equal(result.status, 'Succeeded');
assert.deepEqual([...tasks.values()], ['Tell/Mail: The mailbox is full.']);
assert.deepEqual(
  result.flagged.map(({ path }) => path),
  ['Tell/Mail'],
);
assert.equal(
  run.why().text,
  `Run of "Close_Order" Succeeded: none of its leaves is failing.
  "Tell/Mail" is important, so that it ended Failed is flagged for review: The mailbox is full.
  "Tell/Post" is optional, so that it ended Failed is only recorded: Teams answered 503.`,
);
// #endregion

// #region critical
const unbooked = start(closeOrder('Unbooked', brokenErp), order, { clock });
assert.equal((await unbooked.finished).status, 'Failed');
assert.match(
  unbooked.why().text,
  /"Tell\/Book" is critical and ended Failed: The period is closed\./,
);
// #endregion
