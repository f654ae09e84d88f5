/**
 * An adaptive limiter whose degree the test sets, and which remembers what it was told.
 * @module
 */
import type { AcquireOptions, AdaptiveLimiter, Permit } from '@runafter/clock';

export class SettableLimiter implements AdaptiveLimiter {
  readonly max: number;
  /** What each permit was given back with, in order; undefined for a success. */
  readonly heard: unknown[] = [];
  /** How many permits are held, and how many ever were at once. */
  active = 0;
  most = 0;
  #degree: number;
  readonly #listeners = new Set<(degree: number) => void>();
  #waiters: (() => void)[] = [];

  constructor(degree: number, max = 100) {
    this.#degree = degree;
    this.max = max;
  }

  get degree(): number {
    return this.#degree;
  }

  set degree(degree: number) {
    this.#degree = degree;
    for (const listener of [...this.#listeners]) listener(degree);
    this.#admit();
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  get waiting(): number {
    return this.#waiters.length;
  }

  onDegree(listener: (degree: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async acquire({ signal }: AcquireOptions = {}): Promise<Permit> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters = this.#waiters.filter((waiter) => waiter !== enter);
        reject(signal?.reason);
      };
      const enter = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve(this.#permit());
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiters.push(enter);
      this.#admit();
    });
  }

  async tryAcquire(): Promise<Permit | undefined> {
    return this.active < this.#degree ? this.#permit() : undefined;
  }

  #admit(): void {
    while (this.active < this.#degree) {
      const next = this.#waiters.shift();
      if (next === undefined) return;
      next();
    }
  }

  #permit(): Permit {
    this.active++;
    this.most = Math.max(this.most, this.active);
    let held = true;
    const release = (error?: unknown): void => {
      if (!held) return;
      held = false;
      this.active--;
      this.heard.push(error);
      this.#admit();
    };
    return { release, [Symbol.dispose]: release };
  }
}
