/** The processes that one place of the suite has started, which end with it. */
import type { PoolProcess, PoolProcessTask } from '@runafter/claim/conformance';
import type { PoolAddress } from './open-pools.ts';
import { startPoolProcess } from './pool-process.ts';

export class PoolProcesses {
  readonly #address: PoolAddress;
  readonly #started: PoolProcess[] = [];

  constructor(address: PoolAddress) {
    this.#address = address;
  }

  async start(task: PoolProcessTask): Promise<PoolProcess> {
    const started = await startPoolProcess(this.#address, task);
    this.#started.push(started);
    return started;
  }

  /** Kills those that are still there. */
  async kill(): Promise<void> {
    await Promise.all(this.#started.map((process) => process.kill()));
  }
}
