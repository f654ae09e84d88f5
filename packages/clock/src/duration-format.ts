/**
 * Durations for people, in the same form that parseDuration() reads.
 * @module
 */

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/**
 * Writes milliseconds as a short text: `'1h 5m'`, `'2m 7.5s'`, `'250ms'`, `'0ms'`.
 *
 * Exact to the millisecond; fractions are rounded, below one millisecond to a thousandth.
 * `parseDuration` reads the text back. Anything that is not a duration is shown as it is.
 *
 * @example
 * `gave up after ${formatDuration(clock.monotonic() - startedAt)}`
 */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return `${ms}ms`;
  if (ms < 1) return `${Math.round(ms * 1_000) / 1_000}ms`;
  let rest = Math.round(ms);
  if (rest < 1_000) return `${rest}ms`;
  const parts: string[] = [];
  for (const [unit, length] of units) {
    const amount = Math.floor(rest / length);
    if (amount > 0) parts.push(`${amount}${unit}`);
    rest -= amount * length;
  }
  if (rest > 0) parts.push(`${rest / 1_000}s`);
  return parts.join(' ');
}
