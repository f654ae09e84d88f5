/** A network that fails on command, for the suites of locks and semaphores. */
import type { FaultyNetwork } from '@runafter/lock/conformance';
import type { FaultProxy, RequestMatch } from '@runafter/testkit';
import { loseReplyThrough } from '../testkit/lose-reply.ts';

/** @param when - which requests may lose their reply: every one unless given. */
export function faultyNetwork(proxy: FaultProxy, when?: RequestMatch): FaultyNetwork {
  return {
    loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile, when),
    stall: () => proxy.blackHole('toClient'),
    cut() {
      proxy.refuse();
      proxy.cut();
    },
    heal: () => proxy.heal(),
  };
}
