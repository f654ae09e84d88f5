/**
 * Calls of one script, which the server runs in the order in which they are made.
 *
 * Invariant: nothing is sent past a call that waits, for the connection or because the server has forgotten the
 * script. On a new connection the first call brings the script along, so those behind it find it there. Calls
 * of one tick go out together. A Cluster may send one to a second server when those behind it are done: there each
 * call of a run waits for the answer to the one before it.
 * @module
 */
import { ServiceClosedError } from '@runafter/errors';
import { type LuaScript, runScript } from '../lua-script.ts';
import type { RedisClient, RedisConnection } from '../redis-connection.ts';
import { redisFault, replyCode } from '../redis-errors.ts';
import { sentTogether, streamOf } from './sent-together.ts';

interface Call {
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** The server did not know the script when it came. */
  isUnknown: boolean;
}

export class OrderedScript {
  readonly #connection: RedisConnection;
  readonly #script: LuaScript;
  /** Calls that are not sent yet. */
  #waiting: Call[] = [];
  #isSending = false;
  /** How many were sent and are not answered. */
  #underWay = 0;
  /** Those of them that have found no script: nothing else is sent until all are known. */
  #unknown: Call[] = [];
  /** The connection that knows the script. */
  #known: unknown;
  /** On a Cluster, by their first key: the last call of each run. */
  readonly #turns = new Map<string, Promise<void>>();
  #closing: PromiseWithResolvers<void> | undefined;

  constructor(connection: RedisConnection, script: LuaScript) {
    this.#connection = connection;
    this.#script = script;
  }

  run(keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    if (this.#closing !== undefined) {
      return Promise.reject(new ServiceClosedError(this.#connection.name));
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ keys, args, resolve, reject, isUnknown: false });
    if (!this.#isSending) void this.#send();
    return promise;
  }

  /** Takes no calls any more. Resolves when all have been answered, or have failed. */
  close(): Promise<void> {
    this.#closing ??= Promise.withResolvers();
    this.#settled();
    return this.#closing.promise;
  }

  /** Never rejects. */
  async #send(): Promise<void> {
    this.#isSending = true;
    // Whatever else is called in this tick goes with it.
    await undefined;
    while (this.#waiting.length > 0 && this.#unknown.length === 0) {
      try {
        await this.#connection.run(async (client) => this.#sendAll(client));
      } catch (fault) {
        for (const { reject } of this.#waiting.splice(0)) reject(fault);
      }
    }
    this.#isSending = false;
    this.#settled();
  }

  #sendAll(client: RedisClient): void {
    sentTogether(client, () => {
      for (const call of this.#waiting.splice(0)) {
        this.#underWay++;
        if (client.isCluster) this.#sendInTurn(client, call);
        else this.#sendOne(client, call);
      }
    });
  }

  #sendInTurn(client: RedisClient, { keys, args, resolve, reject }: Call): void {
    const [run = ''] = keys;
    const turn = (this.#turns.get(run) ?? Promise.resolve())
      .then(() => runScript(client, this.#script, keys, args))
      .then(resolve, (error) => reject(redisFault(this.#connection.name, error)))
      .then(() => {
        if (this.#turns.get(run) === turn) this.#turns.delete(run);
        this.#answered();
      });
    this.#turns.set(run, turn);
  }

  #sendOne(client: RedisClient, call: Call): void {
    const { source, hash } = this.#script;
    const { keys, args, isUnknown, resolve } = call;
    const stream = streamOf(client);
    const isNew = stream !== undefined && stream !== this.#known;
    if (isNew) this.#known = stream;
    const answer =
      isNew || isUnknown
        ? client.eval(source, keys.length, ...keys, ...args)
        : client.evalsha(hash, keys.length, ...keys, ...args);
    answer.then(resolve, (error) => this.#failed(call, error)).then(() => this.#answered());
  }

  #failed(call: Call, error: unknown): void {
    if (replyCode(error) === 'NOSCRIPT') this.#unknown.push({ ...call, isUnknown: true });
    else call.reject(redisFault(this.#connection.name, error));
  }

  #answered(): void {
    this.#underWay--;
    if (this.#underWay > 0) return;
    if (this.#unknown.length > 0) {
      this.#waiting.unshift(...this.#unknown.splice(0));
      if (!this.#isSending) void this.#send();
    }
    this.#settled();
  }

  #settled(): void {
    const isIdle = !this.#isSending && this.#underWay === 0 && this.#waiting.length === 0;
    if (isIdle) this.#closing?.resolve();
  }
}
