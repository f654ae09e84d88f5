/**
 * How long it takes from the release by one client until the one that waits has the name, over another
 * connection. The holder keeps it for some time first, so that the other one is waiting by then.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import type { WaitingSide, Work } from '../harness/work.ts';
import type { Backend } from './backends/backend.ts';
import { type Acquire, type OpenContender, openContenders } from './contender.ts';

/** @returns the work that a backend's locks are compared in. */
export function handOver({ title, needs, ours, handOver }: Backend): Work {
  const { peer } = handOver;
  return {
    kind: 'waiting',
    name: `${title}, hand-over`,
    ...(needs && { needs }),
    ours: handingOver(ours, handOver),
    peers: { [peer.title]: handingOver(peer.open, handOver) },
    long: needs !== 'redis',
  };
}

function handingOver(
  open: OpenContender,
  { held, names = 1, each }: Backend['handOver'],
): WaitingSide {
  return {
    async prepare(cleanup) {
      const pairs: Acquire[][] = [];
      for (let name = 0; name < names; name++) pairs.push(await openContenders(open, 2, cleanup));
      return async () => (await Promise.all(pairs.map(waitsOf))).flat();
    },
  };

  async function waitsOf(contenders: readonly Acquire[]): Promise<number[]> {
    const [one, other] = contenders as [Acquire, Acquire];
    const waits: number[] = [];
    let release = await one();
    for (let turn = 0; turn < each; turn++) {
      const acquiring = (turn % 2 === 0 ? other : one)();
      await setTimeout(held.min + Math.random() * (held.max - held.min));
      const start = performance.now();
      const releasing = release();
      release = await acquiring;
      waits.push(performance.now() - start);
      await releasing;
    }
    await release();
    return waits;
  }
}
