/**
 * The weekly reports as a workflow: every pending report ends Complete or Failed, several at a time.
 *
 * Invariant: nothing is shared. What one step finds out travels along the edges to the next, and what
 * all of them came to is counted once, from their results. Read next: steps.ts for what each action
 * does, naive.ts for the same work as it is often written.
 * @module
 */
import {
  type AdaptiveLimiter,
  type ExponentialRetry,
  type Limiter,
  platformRetry,
} from '@runafter/clock';
import { type Flow, failed, settled, type Workflow, workflow } from '@runafter/core';
import { reportsAtOnce } from './at-once.ts';
import { pendingReports } from './pending-reports.ts';
import { passesOrChanged } from './report-status.ts';
import { stepsOn } from './steps.ts';
import { type Summary, summarize } from './summary.ts';
import type { Systems } from './systems.ts';

export interface WeeklyReportsOptions {
  /** How many reports are worked on at once. Default: what SharePoint's limit allows. */
  readonly concurrency?: number | AdaptiveLimiter;
  /** Lets the mails out. Default: nothing holds them back but Outlook. */
  readonly mailLimiter?: Limiter;
  /** How long is waited between attempts, unless a system asks for a time. Default: the platform's. */
  readonly backoff?: ExponentialRetry;
}

/** Defines the workflow on the given systems. It hands over the summary. */
export function weeklyReports(
  systems: Systems,
  options: WeeklyReportsOptions = {},
): Workflow<void, Summary> {
  const { concurrency = reportsAtOnce, backoff = platformRetry, mailLimiter } = options;
  const steps = stepsOn(systems);
  const retry = { ...backoff, when: passesOrChanged };
  const patience = { retry, timeout: '10m' } as const;
  const mailing = mailLimiter === undefined ? patience : { ...patience, limiter: mailLimiter };

  // #region workflow
  return workflow('Weekly_Reports', (flow: Flow<void>) => {
    const reports = flow.forEach(
      'Reports',
      [],
      () => pendingReports(systems, retry),
      (each) => {
        const processed = each.scope('Process', [], (scope) => {
          const taken = scope.action('Set_Processing', steps.setProcessing, patience);
          const record = scope.action('Create_Record', [taken], steps.createRecord, patience);
          const mailed = scope.action('Send_Mail', [taken], steps.sendMail, mailing);
          return scope.action('Set_Complete', [taken, record, mailed], steps.setComplete, patience);
        });
        each.action('Set_Failed', [failed(processed)], steps.setFailed, patience);
        return settled(processed); // However it ended: the summary counts both.
      },
      { concurrency, key: ({ fields }) => fields.Customer, id: ({ id }) => id },
    );
    const summary = flow.action('Summarize', [settled(reports)], ([loop]) => summarize(loop));
    return flow.action('Add_Count', [reports, summary], steps.addCount, patience);
  });
  // #endregion
}
