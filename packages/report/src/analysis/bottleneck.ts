/**
 * The bottleneck: the action that the run would gain most without.
 * @module
 */
import type { BottleneckView } from '../view/run-view.ts';
import { replay } from './replay.ts';
import type { Step, Trace } from './trace.ts';

/** More are not tried: each costs a replay. */
const mostTried = 20;

/** What an action has on the critical path. */
interface Share {
  readonly address: string;
  /** Milliseconds of work. */
  onPath: number;
  /** With what was waited before it. */
  most: number;
}

/** Undefined where the run would not be faster without any one of them. */
export function findBottleneck(trace: Trace, path: readonly Step[]): BottleneckView | undefined {
  const makespan = trace.end - trace.start;
  let best: BottleneckView | undefined;
  for (const { address, onPath, most } of sharesOf(path).slice(0, mostTried)) {
    const least: number = best?.without ?? makespan;
    // What it has on the path is what it can gain, unless the items of a loop happen to fall better into place.
    if (most <= makespan - least) break;
    const without = Math.round(replay(trace, address));
    if (without < least) best = { address, onPath, without };
  }
  return best;
}

/** The largest first. */
function sharesOf(path: readonly Step[]): readonly Share[] {
  const shares = new Map<string, Share>();
  for (const { execution, start, end, ready } of path) {
    const { address } = execution;
    const share = shares.get(address) ?? { address, onPath: 0, most: 0 };
    share.onPath += end - start;
    share.most += end - ready;
    shares.set(address, share);
  }
  return [...shares.values()].sort((a, b) => b.most - a.most);
}
