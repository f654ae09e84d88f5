/** The codes of `@runafter/cli` for plans: predictions of how long a workflow takes. */

export const cliPlanCodes = {
  PLAN_INVALID: {
    package: '@runafter/cli',
    title: 'Something in a plan makes no sense, or does not fit the workflow.',
    why: 'A plan says by address what is known of a workflow: durations, numbers of items, branches that are taken, limits of connectors. An address that the workflow does not have, a fact that is not for that kind of action, or a value out of its range would be a prediction for another workflow.',
    fix: 'Correct the place that the message names. `runafter describe FILE` shows the addresses of a workflow.',
  },
  PLAN_INCOMPLETE: {
    package: '@runafter/cli',
    title: 'A plan does not say how long something takes, or how many items a loop has.',
    why: 'A prediction is made of durations and numbers of items. Nothing is assumed for those that are missing, for it would look like a prediction all the same.',
    fix: 'Add what the message lists to the plan, or take it from an earlier run: `--from RUN --store URL`. A `duration` at the top of the plan is for all actions that have none.',
  },
};
