import { afterEach, beforeEach, expect } from 'vitest';

/** In each test of the file that calls it: no rejection is left unhandled. */
export function expectNothingEscapes(): void {
  const escaped: unknown[] = [];
  const note = (error: unknown) => void escaped.push(error);
  beforeEach(() => void process.on('unhandledRejection', note));
  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(escaped.splice(0), 'unhandled rejections').toEqual([]);
  });
}
