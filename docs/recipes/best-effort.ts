/**
 * Best effort: one failed Teams message must not fail everything.
 *
 * The page is docs/cookbook/best-effort.md.
 * @module
 */
import assert from 'node:assert/strict';
import { virtualClock } from '@runafter/clock';
import { type Flow, settled, start, workflow } from '@runafter/core';
import { bestEffort, policyScope } from '@runafter/results';

const clock = virtualClock({ autoAdvance: true });

interface Order {
  readonly id: number;
}

const crm = {
  async create({ id }: Order): Promise<string> {
    await clock.sleep('1s');
    return `crm-${id}`;
  },
};

const teams = {
  async post(_order: Order): Promise<void> {
    await clock.sleep('300ms');
    throw new Error('Teams answered 503.');
  },
  /** It does not even answer. */
  hang: (signal: AbortSignal) => clock.sleep('1d', { signal }),
};

const order: Order = { id: 17 };

// #region bug
const allOrNothing = workflow('All_Or_Nothing', (flow: Flow<Order>) => {
  const record = flow.action('Create_Record', ({ input }) => crm.create(input));
  const posted = flow.action('Post_Teams_Notification', ({ input }) => teams.post(input));
  return flow.action('Close_Order', [record, posted], ([record]) => `closed with ${record}`);
});

const stopped = start(allOrNothing, order, { clock });
assert.equal((await stopped.finished).status, 'Failed');
assert.equal(stopped.result('Close_Order')?.status, 'Skipped'); // though its record is there
// #endregion

// #region settled
const closeOrder = workflow('Close_Order', (flow: Flow<Order>) => {
  const record = flow.action('Create_Record', ({ input }) => crm.create(input));
  const posted = flow.action('Post_Teams_Notification', ({ input }) => teams.post(input));
  return flow.action('Close_Order', [record, settled(posted)], ([record, posted]) => {
    return `closed with ${record}, Teams: ${posted.status}`;
  });
});

const closed = await start(closeOrder, order, { clock }).finished;
assert(closed.status === 'Succeeded');
assert.equal(closed.outputs, 'closed with crm-17, Teams: Failed');
assert.equal(closed.handledFailures[0]?.path, 'Post_Teams_Notification'); // not lost
// #endregion

// #region criticality
const nobodyWaits = workflow('Nobody_Waits', (flow: Flow<Order>) => {
  const record = flow.action('Create_Record', ({ input }) => crm.create(input));
  flow.action('Post_Teams_Notification', ({ signal }) => teams.hang(signal), {
    timeout: '30s',
    criticality: 'important', // or 'optional', when nobody needs to look at it
  });
  return flow.action('Close_Order', [record], ([record]) => `closed with ${record}`);
});

const flagged = await start(nobodyWaits, order, { clock }).finished;
assert(flagged.status === 'Succeeded');
assert.equal(flagged.flagged[0]?.path, 'Post_Teams_Notification');
assert.equal(flagged.flagged[0]?.status, 'TimedOut');
// #endregion

// #region policy
const tellAll = workflow('Tell_All', (flow: Flow<Order>) => {
  const record = flow.action('Create_Record', ({ input }) => crm.create(input));
  const told = policyScope(flow, 'Tell', [record], bestEffort, (scope) => {
    scope.action('Teams', ({ input }) => teams.post(input));
    scope.action('Mirror', ({ signal }) => teams.hang(signal), { timeout: '30s' });
  });
  return flow.action('Close_Order', [record, told], ([record]) => `closed with ${record}`);
});

const tried = await start(tellAll, order, { clock }).finished;
assert(tried.status === 'Succeeded');
assert.deepEqual(
  tried.handledFailures.map(({ path, status }) => `${path} ${status}`),
  ['Tell/Teams Failed', 'Tell/Mirror TimedOut'],
);
// #endregion
