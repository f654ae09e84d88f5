/**
 * Wait for one of several branches only: any graph, not just fan-out and fan-in.
 *
 * The page is docs/cookbook/wait-for-some-branches.md.
 * @module
 */
import assert from 'node:assert/strict';
import { virtualClock } from '@runafter/clock';
import { start, workflow } from '@runafter/core';

const clock = virtualClock({ autoAdvance: true });

/** Seconds on the clock since the program began. */
const seconds = () => clock.monotonic() / 1000;

const findCustomer = () => clock.sleep('2s');
const rateCredit = () => clock.sleep('10s');
const makeOffer = () => clock.sleep('1s');
const reserveStock = () => clock.sleep('8s');
const sendOffer = () => clock.sleep('1s');

async function inStages(): Promise<void> {
  const begin = seconds();
  // #region stages
  await Promise.all([findCustomer(), rateCredit()]); // 2 s and 10 s
  await Promise.all([makeOffer(), reserveStock()]); // 1 s and 8 s
  await sendOffer(); // 1 s
  assert.equal(seconds() - begin, 19);
  // #endregion
}

async function asGraph(): Promise<void> {
  const begin = seconds();
  // #region graph
  const offer = workflow('Offer', (flow) => {
    const customer = flow.action('Find_Customer', findCustomer);
    const rating = flow.action('Rate_Credit', rateCredit);
    const made = flow.action('Make_Offer', [customer, rating], makeOffer);
    const reserved = flow.action('Reserve_Stock', [customer], reserveStock); // not rating
    flow.action('Send_Offer', [made, reserved], sendOffer);
  });

  const run = start(offer, undefined, { clock });
  await run.finished;
  assert.equal(startOf('Reserve_Stock'), 2); // as soon as the customer is known
  assert.equal(startOf('Make_Offer'), 10);
  assert.equal(seconds() - begin, 12); // Rate_Credit, Make_Offer, Send_Offer
  // #endregion

  function startOf(name: string): number {
    const time = run.result(name)?.startTime.getTime() ?? Number.NaN;
    const zero = run.result('Find_Customer')?.startTime.getTime() ?? Number.NaN;
    return (time - zero) / 1000;
  }
}

await inStages();
await asGraph();
