/**
 * All writes of runs as one script, so that a server that knows it for one call knows it for all of them, and
 * they take effect in the order in which they are sent.
 *
 * Invariant: each call looks for itself whether its writer still holds the run, and changes everything that it
 * changes in this one step. A call of a client that may send it again has a `request`, by which what it has
 * done already is recognised and answered as the first time.
 * Read next: lease-steps.ts, outcome-steps.ts, signal-steps.ts; run-keys.ts for KEYS.
 * @module
 */

import { type LuaScript, luaScript } from '../lua-script.ts';
import { leaseFunctions, leaseSteps } from './lease-steps.ts';
import { claimFunctions, claimStep, outcomeSteps } from './outcome-steps.ts';
import { signalSteps } from './signal-steps.ts';

/** What a call does. */
export type Step =
  | 'create'
  | 'acquire'
  | 'renew'
  | 'release'
  | 'end'
  | 'delete'
  | 'record'
  | 'save'
  | 'claim'
  | 'signal';

/** ARGV: the step, the request or ''; then what the step says. */
export const runWrites: LuaScript = luaScript(`
local run, outcomes, places, claims, states = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local signals, signalIds, lastToken, running, ended = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local call, request = ARGV[1], ARGV[2]
${outcomeSteps}
local function isRepeated(earlier)
  return request ~= '' and earlier == request
end
${claimFunctions}${claimStep}${signalSteps}${leaseFunctions}${leaseSteps}`);
