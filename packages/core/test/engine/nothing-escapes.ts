/**
 * Watches for rejections that nobody handles, which would end the process of a user.
 * @module
 */
import { afterEach, beforeEach, expect } from 'vitest';
import { nextTurn } from './next-turn.ts';

/** Makes every test of the file fail that leaves a rejection unhandled. */
export function expectNothingToEscape(): void {
  const escaped: unknown[] = [];
  const note = (error: unknown) => escaped.push(error);

  beforeEach(() => {
    process.on('unhandledRejection', note);
  });

  afterEach(async () => {
    await nextTurn();
    process.off('unhandledRejection', note);
    expect(escaped).toEqual([]);
  });
}
