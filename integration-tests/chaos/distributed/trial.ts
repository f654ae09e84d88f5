/**
 * One store: random runs on workers that suffer, and what is there when all is over.
 *
 * Invariant: what is judged is what the store says, and what the workers have noted in a file. Neither passes the
 * faulty networks. Read next: ordeal.ts, what happens; judge.ts, what is right.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import type { ChaosSetting } from '../harness/chaos.ts';
import type { Subject } from '../harness/try-backends.ts';
import { type DistributedBackend, fullSize, quickSize } from './backend.ts';
import { judgeRuns } from './judge-runs.ts';
import { workAndSuffer } from './ordeal.ts';
import { drawRuns } from './planned-run.ts';
import { QueueServer } from './queue-server.ts';
import type { DistributedResult } from './results.ts';

/** Takes a store through it. */
export async function tryStore(
  subject: Subject<DistributedBackend>,
  setting: ChaosSetting,
): Promise<DistributedResult> {
  const { backend, place } = subject;
  const size = backend.size ?? (setting.quick ? quickSize : fullSize);
  const random = setting.random(`${backend.name} distributed`);
  const seed = String(random());
  const runs = drawRuns(seed, size);
  const startedAt = systemClock.monotonic();
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'runafter-chaos-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = stack.use(await QueueServer.start());
  await backend.prepare?.(place as never);
  const store = backend.openStore({ place: place as never, queues: server.url });
  stack.defer(() => store.close());
  const scene = { subject, setting, size, runs, seed, random, server, store, folder };
  const { begun, ...ending } = await workAndSuffer(scene);
  return {
    name: backend.name,
    ...{ planned: runs.length, plannedKills: size.kills },
    ...(await judgeRuns(store, runs.slice(0, begun), ending.entries)),
    ...ending,
    seconds: Math.round((systemClock.monotonic() - startedAt) / 100) / 10,
  };
}
