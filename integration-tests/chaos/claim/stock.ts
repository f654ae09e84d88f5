/**
 * Resources that are withdrawn and added again while others claim them.
 * @module
 */
import { type Pool, type PoolStore, pool } from '@runafter/claim';
import type { Random } from '@runafter/clock';
import { type HistoryRecorder, recordHistory } from '@runafter/testkit';
import { clock } from '../lock/journal.ts';
import type { ChaosOp, ChaosResult } from './operations.ts';
import { poolName, resources } from './task.ts';

export class Stock implements AsyncDisposable {
  readonly history: HistoryRecorder<ChaosOp, ChaosResult> = recordHistory({ clock });
  readonly #pools: readonly Pool<string>[];
  readonly #random: Random;
  /** By pool: what is withdrawn. */
  readonly #withdrawn = new Map<string, string>();

  constructor(store: PoolStore, count: number, random: Random) {
    this.#pools = Array.from({ length: count }, (_, number) => pool(store, poolName(number)));
    this.#random = random;
  }

  /** All pools have all their resources. */
  async fill(): Promise<void> {
    await Promise.all(this.#pools.map((each) => each.add([...resources])));
  }

  /** In each pool one is withdrawn; or that one is added again. */
  async change(): Promise<void> {
    await Promise.all(this.#pools.map((each) => this.#changeOf(each)));
  }

  /** Whatever is withdrawn is added again. */
  async restore(): Promise<void> {
    const incomplete = this.#pools.filter(({ name }) => this.#withdrawn.has(name));
    await Promise.all(incomplete.map((each) => this.#changeOf(each)));
  }

  /** What is there, and who has it; what is assigned is noted as if its operation had asked again. */
  async inspect() {
    const entries = await Promise.all(
      this.#pools.map(async (each) =>
        (await each.inspect()).map((entry) => ({ pool: each.name, ...entry })),
      ),
    );
    return entries.flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#pools.map((each) => each.close()));
  }

  async #changeOf(each: Pool<string>): Promise<void> {
    const { name } = each;
    const withdrawn = this.#withdrawn.get(name);
    const one = withdrawn ?? resources[Math.floor(this.#random() * resources.length)] ?? 'r0';
    const kind = withdrawn === undefined ? 'withdraw' : 'add';
    await this.history.record('stock', { kind, pool: name, resources: [one] }, async () => {
      await each[kind]([one]);
      return undefined;
    });
    if (kind === 'withdraw') this.#withdrawn.set(name, one);
    else this.#withdrawn.delete(name);
  }
}
