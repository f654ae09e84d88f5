/**
 * A cycle is refused when the workflow is defined, with its path and the way out.
 *
 * The page is docs/symptoms.md.
 * @module
 */
import assert from 'node:assert/strict';
import { type DefinitionError, defineWorkflow } from '@runafter/core';

const run = () => undefined;

// #region cycle
assert.throws(
  () =>
    defineWorkflow({
      name: 'Orders',
      actions: {
        Check: { runAfter: { Ship: ['Succeeded'] }, run },
        Pay: { runAfter: { Check: ['Succeeded'] }, run },
        Ship: { runAfter: { Pay: ['Succeeded'] }, run },
      },
    }),
  (error: DefinitionError) =>
    error.code === 'RUN_AFTER_CYCLE' && error.message.includes('Check → Pay → Ship → Check'),
);
// #endregion
