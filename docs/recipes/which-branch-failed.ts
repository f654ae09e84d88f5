/**
 * Which branch failed, and why the run is Failed although the failure was handled.
 *
 * The page is docs/cookbook/which-branch-failed.md.
 * @module
 */
import assert from 'node:assert/strict';
import { failed, on, start, workflow } from '@runafter/core';
import { filter, firstError } from '@runafter/results';

const erp = {
  book(): string {
    throw new Error('The ERP answered 500.');
  },
};
const mail = {
  confirm: (booking: string) => `booked: ${booking}`,
  apologise: (reason: string) => `not booked: ${reason}`,
};

// #region fork
const fork = workflow('Fork', (flow) => {
  const booking = flow.action('Book', () => erp.book());
  flow.action('Confirm', [booking], ([booking]) => mail.confirm(booking));
  flow.action('Apologise', [failed(booking)], ([booking]) => mail.apologise(booking.error.message));
});

const handled = start(fork, undefined);
assert.equal((await handled.finished).status, 'Failed'); // although Apologise Succeeded
assert.deepEqual(handled.why().text.split('\n'), [
  'Run of "Fork" ended Failed because of its leaf "Confirm" (Skipped).',
  '  "Confirm" was skipped and takes the status of what it waited for: "Book" ended Failed.',
  '    "Book" ended Failed: The ERP answered 500.',
]);
// #endregion

// #region join
const join = workflow('Join', (flow) => {
  const booking = flow.action('Book', () => erp.book());
  const confirmed = flow.action('Confirm', [booking], ([booking]) => mail.confirm(booking));
  const apologised = flow.action('Apologise', [failed(booking)], ([booking]) =>
    mail.apologise(booking.error.message),
  );
  // One leaf in place of two: it runs after whichever mail went out.
  return flow.action(
    'Log',
    [on(confirmed, 'Succeeded', 'Skipped'), on(apologised, 'Succeeded', 'Skipped')],
    (mails) => mails.map(({ status }) => status),
  );
});

const joined = await start(join, undefined).finished;
assert(joined.status === 'Succeeded');
assert.deepEqual(joined.outputs, ['Skipped', 'Succeeded']);
assert.equal(joined.handledFailures[0]?.path, 'Book'); // the failure is not forgotten
// #endregion

// A mail that fails is no handled failure: nothing runs after it.
mail.apologise = () => {
  throw new Error('Outlook is down.');
};
assert.equal((await start(join, undefined).finished).status, 'Failed');

// #region scope
const provision = workflow('Provision', (flow) => {
  flow.scope('Provision_CRM_Record', [], (scope) => {
    const found = scope.action('Find_Customer', () => 'customer 4711');
    scope.action('Create_Record', [found], () => {
      throw new Error('The record is locked.');
    });
    scope.action('Send_Mail', [found], () => 'sent');
  });
});

const run = start(provision, undefined);
await run.finished;
const record = run.result('Provision_CRM_Record');
assert(record);
assert.equal(record.results[0]?.status, 'Succeeded'); // of Find_Customer, the first action in it
assert.equal(record.status, 'Failed'); // of the scope

assert.deepEqual(
  filter(record.results, 'Failed', 'TimedOut').map(({ name }) => name),
  ['Create_Record'],
);
assert.equal(firstError(record.results)?.message, 'The record is locked.');
// #endregion
