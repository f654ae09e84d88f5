/** The codes of `@runafter/bullmq`. */

export const bullmqCodes = {};
