/**
 * Whether the code of an error says that it was one call too many.
 * @module
 */

/** HTTP 429, and what services and SDKs call it: ThrottlingException, TooManyRequests, SlowDown, ServerBusy. */
const throttled =
  /429|throttl|too_?many_?requests|rate_?limit|slow_?down|server_?busy|limiter_full/i;

export function isThrottledCode(code: string): boolean {
  return throttled.test(code);
}
