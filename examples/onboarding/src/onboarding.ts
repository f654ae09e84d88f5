/**
 * The Monday batch as a workflow: each hire gets everything, or nothing that stays.
 *
 * Invariant: a hire is a saga of its own. What one lacks undoes what it has, and touches nobody else.
 * Read next: steps.ts for what each step does and how it is undone, summary.ts.
 * @module
 */
import { type ExponentialRetry, isTransient, platformRetry } from '@runafter/clock';
import { type Flow, settled, type Workflow, workflow } from '@runafter/core';
import { none, saga } from '@runafter/saga';
import type { Hire } from './hire.ts';
import { stepsOn, undoOn } from './steps.ts';
import { type Summary, summarize } from './summary.ts';
import type { Systems } from './systems.ts';

export interface OnboardingOptions {
  /** How many hires are worked on at once. Default 30. */
  readonly concurrency?: number;
  /** How often steps and undoings are tried, unless a system asks for a time. Default: the platform's. */
  readonly backoff?: ExponentialRetry;
}

/** Defines the workflow on the given systems. Its input are the hires; it hands over the summary. */
export function onboarding(
  systems: Systems,
  { concurrency = 30, backoff = platformRetry }: OnboardingOptions = {},
): Workflow<readonly Hire[], Summary> {
  const steps = stepsOn(systems);
  const undo = undoOn(systems);
  const patience = { ...backoff, when: isTransient };
  const inDirectory = { limiter: systems.limits.directory, retry: patience };
  const inSites = { limiter: systems.limits.sites, retry: patience };
  const inDatabase = { limiter: systems.limits.database, retry: patience };
  const byMail = { limiter: systems.limits.mail, retry: patience };
  /** Undoing is tried again whatever went wrong. */
  const undone = <Run>(run: Run) => ({ compensate: { run, retry: backoff } });

  // #region workflow
  return workflow('Onboarding', (flow: Flow<readonly Hire[]>) => {
    const hires = flow.forEach(
      'Hires',
      [],
      (_, { input }) => input,
      (each) => {
        const onboarded = saga(
          each,
          'Onboard',
          [],
          (saga) => {
            const account = saga.step('Account', steps.createAccount, {
              ...inDirectory,
              ...undone(undo.account),
            });
            const site = saga.step('Site', [account], steps.createSite, {
              ...inSites,
              ...undone(undo.site),
            });
            const licence = saga.step('Licence', [account], steps.claimLicence, {
              ...inDatabase,
              ...undone(undo.licence),
            });
            const log = saga.step('Log', [account, site, licence], steps.writeLog, {
              ...inDatabase,
              ...undone(undo.log),
            });
            saga.step('Welcome', [account, site, log], steps.sendWelcome, {
              ...byMail,
              compensate: none('a mail cannot be unsent'),
              pivot: true,
            });
          },
          { criticality: 'important' },
        );
        return settled(onboarded); // However it ended: the summary counts both.
      },
      { concurrency, id: ({ number }) => number },
    );
    return flow.action('Summarize', [settled(hires)], ([loop]) => summarize(loop));
  });
  // #endregion
}
