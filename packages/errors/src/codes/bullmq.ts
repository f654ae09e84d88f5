/** The codes of `@runafter/bullmq`. */

export const bullmqCodes = {
  DISTRIBUTION_OPTION_INVALID: {
    package: '@runafter/bullmq',
    title: 'An option of `distribute()` or `work()` makes no sense.',
    why: 'It names an action or a queue that does not exist, two workflows that cannot be told apart, or a lease so short that any pause outlasts it. The message names the option.',
    fix: 'Correct the option that the message names.',
  },
  DISTRIBUTION_CLOSED: {
    package: '@runafter/bullmq',
    title: 'A distribution was asked for something after it was closed.',
    why: 'Its connections are gone, or about to go. What is in the store and in the queues is not lost.',
    fix: 'Open another one with `distribute()`, or close this one later: after the runs have ended that you wait for.',
  },
  RUN_STALLED: {
    package: '@runafter/bullmq',
    title: 'A run is parked, because too many processes were lost that scheduled it.',
    why: 'A hundred processes that had the run were gone, or silent for longer than their lease: something in it may end them, or the lease is too short for how they are busy.',
    fix: 'Look into the logs of the processes for what has ended them. Mend that, and `release()` the run: nothing of it is lost.',
  },
  DISTRIBUTION_FAULT: {
    package: '@runafter/bullmq',
    title: 'Something failed that nobody waits for, and the distribution goes on.',
    why: 'A process warning with this code: a connection was lost for a moment, a store could not be asked, or a job could not be done here and went back to its queue.',
    fix: 'Nothing, when it passes. Pass `onFault` to log it your way. When it stays, look at Redis and the store.',
  },
};
