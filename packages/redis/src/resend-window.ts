/**
 * How long the server remembers a write of a client that sends commands again after a reconnection.
 *
 * With its defaults ioredis gives up after 20 attempts to connect, each of which takes up to 10 seconds
 * and follows a pause of up to 5.
 * @module
 */

/** Milliseconds. */
export const resendWindow = 300_000;
