/**
 * The rules that a budget's limits amount to in this process.
 * @module
 */
import type { BudgetLimits, ParsedRate } from '../budget-limits.ts';
import { FixedWindow } from './fixed-window.ts';
import { SlidingWindow } from './sliding-window.ts';
import { Spacing } from './spacing.ts';
import type { StartRule } from './start-rule.ts';
import { TokenBucket } from './token-bucket.ts';

export function startRules({ rates, spacing }: BudgetLimits): readonly StartRule[] {
  const rules = rates.map(ruleOf);
  return spacing > 0 ? [...rules, new Spacing(spacing)] : rules;
}

function ruleOf({ calls, per, model, burst }: ParsedRate): StartRule {
  switch (model) {
    case 'sliding-window':
      return new SlidingWindow(calls, per);
    case 'fixed-window':
      return new FixedWindow(calls, per);
    case 'token-bucket':
      return new TokenBucket(calls, per, burst);
  }
}
