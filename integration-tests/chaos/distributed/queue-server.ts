/**
 * A Redis server of its own that can be killed and comes back with all that it has acknowledged.
 *
 * Invariant: every write is in the append-only file, and on the disk, before it is answered
 * (`appendfsync always`). So SIGKILL, which leaves the server no time for anything, loses nothing.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, startLocalProcess } from '../../services/local-process.ts';
import { NoServiceError } from '../../services/places.ts';
import type { RunningService } from '../../services/service-kind.ts';

export class QueueServer implements AsyncDisposable {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #service: RunningService | undefined;
  #restarting: Promise<void> | undefined;
  #restarts = 0;

  private constructor(port: number) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'runafter-queues-'));
  }

  /** @throws {NoServiceError} there is no program `redis-server`; a server elsewhere cannot be restarted. */
  static async start(): Promise<QueueServer> {
    const server = new QueueServer(await freePort());
    try {
      await server.#start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw new NoServiceError(`Redis that can be restarted: ${(error as Error).message}`);
    }
    return server;
  }

  /** How often it was killed and has come back. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Kills it with SIGKILL and starts it again; false while it does so already, or has failed to. */
  restart(): boolean {
    if (this.#restarting !== undefined) return false;
    this.#restarting = this.#killAndStart().then(() => {
      this.#restarting = undefined;
    });
    this.#restarting.catch(() => {});
    return true;
  }

  /** Resolves when no restart is under way; rejects when it did not come back. */
  async untilUp(): Promise<void> {
    await this.#restarting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#restarting?.catch(() => {});
    await this.#service?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    this.#service = await startLocalProcess({
      url: this.url,
      command: [
        ...['redis-server', '--port', `${this.#port}`, '--bind', '127.0.0.1'],
        ...['--dir', this.#folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
      ],
      ready: /Ready to accept connections/,
      install: 'the Debian package redis-server has it',
    });
  }

  async #killAndStart(): Promise<void> {
    process.kill(await this.#processId(), 'SIGKILL');
    await this.#service?.stop();
    await this.#start();
    this.#restarts++;
  }

  async #processId(): Promise<number> {
    const client = new Redis(this.url);
    try {
      return Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1]);
    } finally {
      client.disconnect();
    }
  }
}
