/** A network that fails on command, for the suites of locks and semaphores. */
import type { FaultyNetwork } from '@runafter/lock/conformance';
import type { FaultProxy } from '@runafter/testkit';
import { loseReplyThrough } from './redis-place.ts';

export function faultyNetwork(proxy: FaultProxy): FaultyNetwork {
  return {
    loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile),
    stall: () => proxy.blackHole('toClient'),
    cut() {
      proxy.refuse();
      proxy.cut();
    },
    heal: () => proxy.heal(),
  };
}
