/**
 * Resources that are withdrawn and added again while others claim them.
 * @module
 */
import { type Pool, type PoolStore, pool } from '@runafter/claim';
import { type HistoryRecorder, recordHistory } from '@runafter/testkit';
import { clock } from '../lock/journal.ts';
import type { ChaosOp, ChaosResult } from './operations.ts';
import { documentKey, poolName, resources } from './task.ts';

export class Stock implements AsyncDisposable {
  readonly history: HistoryRecorder<ChaosOp, ChaosResult> = recordHistory({ clock });
  readonly #pools: readonly Pool<string>[];
  /** By pool: what is withdrawn. */
  readonly #withdrawn = new Map<string, readonly string[]>();

  constructor(store: PoolStore, count: number) {
    this.#pools = Array.from({ length: count }, (_, number) => pool(store, poolName(number)));
  }

  /** All pools have all their resources. */
  async fill(): Promise<void> {
    await Promise.all(this.#pools.map((each) => each.add([...resources])));
  }

  /**
   * In each pool that has some of these, all others are withdrawn: so that whoever claims waits for these.
   *
   * @param keys - those of the documents that the resources guard.
   */
  async offerOnly(keys: ReadonlySet<string>): Promise<void> {
    await Promise.all(
      this.#pools.map(async (each) => {
        const others = resources.filter((one) => !keys.has(documentKey(each.name, one)));
        if (others.length < resources.length) await this.#change('withdraw', each, others);
      }),
    );
  }

  /** Whatever is withdrawn is added again. */
  async restore(): Promise<void> {
    await Promise.all(
      this.#pools.map((each) => this.#change('add', each, this.#withdrawn.get(each.name) ?? [])),
    );
  }

  /** What is there, and who has it, in all pools. */
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

  async #change(
    kind: 'add' | 'withdraw',
    each: Pool<string>,
    changed: readonly string[],
  ): Promise<void> {
    if (changed.length === 0) return;
    const { name } = each;
    await this.history.record('stock', { kind, pool: name, resources: changed }, async () => {
      await each[kind](changed);
      return undefined;
    });
    if (kind === 'withdraw') this.#withdrawn.set(name, changed);
    else this.#withdrawn.delete(name);
  }
}
