/** The codes of `@runafter/saga`. */

export const sagaCodes = {
  COMPENSATION_FAILED: {
    package: '@runafter/saga',
    title: 'A saga was undone, but not all of it could be.',
    why: 'A compensation has failed after all its retries, or took longer than its time-out. The others ran all the same.',
    fix: 'Look at `sagaReport(record)`: it says what is undone and what is not, and why. Remove the obstacle and call `retryCompensation(workflow, runId, { store })`, or undo by hand.',
  },
  SAGA_INCOMPLETE: {
    package: '@runafter/saga',
    title: 'A saga could not be finished after its pivot.',
    why: 'After its pivot a saga is not undone any more, and one of the steps that run after it did not succeed, or the run was stopped.',
    fix: 'Finish what `sagaReport(record)` shows as not done. Give the steps after a pivot retries enough.',
  },
  SAGA_STEPS_STOPPED: {
    package: '@runafter/saga',
    title: 'A step was stopped, because another step of its saga has failed.',
    why: 'A saga that cannot succeed any more does not go on with its other steps: everything that may have happened will be undone.',
    fix: 'Nothing. Look at the step that has failed.',
  },
  STEP_NOT_DONE: {
    package: '@runafter/saga',
    title: 'A step of a saga has failed, and says that it has certainly done nothing.',
    why: 'Its handler has thrown a StepNotDoneError, so that there is nothing to undo.',
    fix: 'Look at the cause of the error.',
  },
  SAGA_COMPENSATION_MISSING: {
    package: '@runafter/saga',
    title: 'A step of a saga does not say how it is undone.',
    why: 'A step without a compensation would stay done when the saga is undone, and nobody could tell whether that was meant.',
    fix: "Pass `compensate: (done, context) => …`, or `compensate: none('…')` with the reason why there is none.",
  },
  SAGA_CHILD_REFUSED: {
    package: '@runafter/saga',
    title: 'Something stands in a saga that the saga could not undo.',
    why: 'What runs inside a loop, a branch or a scope has no compensation of its own. A saga in a saga would have to be undone by the outer one after it Succeeded.',
    fix: 'Use `step`, `child`, `delay` or `waitFor`. Put loops and branches into a child workflow with a compensation, or the saga into the loop.',
  },
  SAGA_PIVOT_INVALID: {
    package: '@runafter/saga',
    title: 'The pivot of a saga would not be a point of no return.',
    why: 'There is a second pivot, something can run beside it, or something that runs after it has a compensation, which would never be called.',
    fix: 'Let every other step run before the pivot or after it, and say `none(…)` for those after it.',
  },
  SAGA_UNKNOWN: {
    package: '@runafter/saga',
    title: 'A report was asked for of something that is no saga, or one that never began.',
    why: 'The record is of an action or of another container, or the saga was skipped.',
    fix: "Pass the record of a saga, such as `run.result('Onboard')`.",
  },
};
