/**
 * The seed of the random tests: another one in every run, and the same again with
 * `TEST_SEED=… npm test`. Every failure names it.
 * @module
 */
import { randomInt } from 'node:crypto';

export const seed: number = Number(process.env.TEST_SEED ?? randomInt(2 ** 31));

/** How to see a failure again, for its message. */
export const seedHint: string = `Repeat with TEST_SEED=${seed}.`;
