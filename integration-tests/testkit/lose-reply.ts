/** The way in which all conformance suites want a reply to be lost. */
import type { FaultProxy, RequestMatch } from '@runafter/testkit';

/**
 * Loses the reply to the next request, and keeps the client away while others do something.
 *
 * @param when - as that of the proxy's `loseNextReply`: every request unless given.
 */
export function loseReplyThrough(
  proxy: FaultProxy,
  meanwhile?: () => Promise<void>,
  when?: RequestMatch,
): void {
  void proxy.loseNextReply(when).then(async (lost) => {
    if (lost === undefined) return;
    proxy.refuse();
    await meanwhile?.();
    proxy.heal();
  });
}
