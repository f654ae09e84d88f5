/**
 * Order comes from edges, never from time: what a delay seems to prevent still happens now and then.
 *
 * The page is docs/symptoms.md.
 * @module
 */
import assert from 'node:assert/strict';
import { seededRandom, virtualClock } from '@runafter/clock';
import { start, type Workflow, workflow } from '@runafter/core';
import { jitterExecutor } from '@runafter/testkit';

const clock = virtualClock({ autoAdvance: true });

// #region bug
let customer: string | undefined;

const byDelay = workflow('By_Delay', (flow) => {
  flow.action('Create_Customer', async () => {
    await clock.sleep('1s');
    customer = 'crm-17';
  });
  return flow.action('Create_Order', async () => {
    await clock.sleep('2s'); // the customer is there by then, is it not?
    return `order of ${customer}`;
  });
});
// #endregion

// #region fix
const byEdge = workflow('By_Edge', (flow) => {
  const created = flow.action('Create_Customer', async () => {
    await clock.sleep('1s');
    return 'crm-17';
  });
  return flow.action('Create_Order', [created], ([customer]) => `order of ${customer}`);
});
// #endregion

// #region jitter
/** How many of 100 runs go wrong when every action may start up to 2 s late. */
async function failures(flow: Workflow<void, string>): Promise<number> {
  let wrong = 0;
  for (let seed = 0; seed < 100; seed++) {
    customer = undefined;
    const executor = jitterExecutor({ clock, most: '2s', random: seededRandom(seed) });
    const result = await start(flow, undefined, { clock, executor }).finished;
    if (result.status !== 'Succeeded' || result.outputs !== 'order of crm-17') wrong++;
  }
  return wrong;
}

assert.ok((await failures(byDelay)) > 0);
assert.equal(await failures(byEdge), 0);
// #endregion
