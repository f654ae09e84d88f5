/**
 * The Monday batch as a workflow: each hire gets everything, or nothing that stays.
 *
 * Invariant: a hire is a saga of its own. What one lacks undoes what it has, and touches nobody else.
 * Read next: steps.ts for what each step does and how it is undone, summary.ts.
 * @module
 */
import type { Duration, ExponentialRetry, Limiter } from '@runafter/clock';
import { type Flow, settled, type Workflow, workflow } from '@runafter/core';
import { none, saga } from '@runafter/saga';
import { transientRetry } from '@runafter/throttle';
import type { Hire } from './hire.ts';
import { stepsOn, type Undo, type UndoContext, undoOn } from './steps.ts';
import { type Summary, summarize } from './summary.ts';
import type { Systems } from './systems.ts';

export interface OnboardingOptions {
  /** How many hires are worked on at once. Default 30. */
  readonly concurrency?: number;
  /** How steps are tried again. Undoing waits as long, and is tried again whatever went wrong. Default: transientRetry. */
  readonly retry?: ExponentialRetry;
  /** How long the answer of a call is waited for that is under way when its hire is to be undone. Default '5s'. */
  readonly grace?: Duration;
}

/** Defines the workflow on the given systems. Its input are the hires; it hands over the summary. */
export function onboarding(
  systems: Systems,
  { concurrency = 30, retry = transientRetry, grace = '5s' }: OnboardingOptions = {},
): Workflow<readonly Hire[], Summary> {
  const steps = stepsOn(systems);
  const undo = undoOn(systems);
  const { limits } = systems;
  const always = { ...retry, when: undefined };
  // A step's limiter does not hold for its undoing, which calls the same system.
  const by = (run: Undo, limiter: Limiter) => ({
    retry: always,
    run: async (made: unknown, context: UndoContext) => {
      using _permit = await limiter.acquire({ signal: context.signal });
      return await run(made, context);
    },
  });

  // #region workflow
  const options = {
    account: { limiter: limits.directory, retry, compensate: by(undo.account, limits.directory) },
    site: { limiter: limits.sites, retry, compensate: by(undo.site, limits.sites) },
    licence: { limiter: limits.database, retry, compensate: by(undo.licence, limits.database) },
    log: { limiter: limits.database, retry, compensate: by(undo.log, limits.database) },
    welcome: {
      limiter: limits.mail,
      retry,
      compensate: none('a mail cannot be unsent'),
      pivot: true,
    },
  };
  return workflow(
    'Onboarding',
    (flow: Flow<readonly Hire[]>) => {
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
              const account = saga.step('Account', steps.createAccount, options.account);
              const site = saga.step('Site', [account], steps.createSite, options.site);
              const licence = saga.step('Licence', [account], steps.claimLicence, options.licence);
              const all = [account, site, licence] as const;
              const log = saga.step('Log', all, steps.writeLog, options.log);
              saga.step('Welcome', [account, site, log], steps.sendWelcome, options.welcome);
            },
            { criticality: 'important' },
          );
          return settled(onboarded); // However it ended: the summary counts both.
        },
        { concurrency, id: ({ number }) => number },
      );
      return flow.action('Summarize', [settled(hires)], ([loop]) => summarize(loop));
    },
    { grace },
  );
  // #endregion
}
