/** The processes that one place of the suite has started, which end with it. */
import type { LockProcess, LockProcessTask } from '@runafter/lock/conformance';
import { startLockProcess } from './lock-process.ts';
import type { LockAddress } from './open-lock.ts';

export class LockProcesses {
  readonly #address: LockAddress;
  readonly #started: LockProcess[] = [];

  constructor(address: LockAddress) {
    this.#address = address;
  }

  async start(task: LockProcessTask): Promise<LockProcess> {
    const started = await startLockProcess(this.#address, task);
    this.#started.push(started);
    return started;
  }

  /** Kills those that are still there. */
  async kill(): Promise<void> {
    await Promise.all(this.#started.map((process) => process.kill()));
  }
}
