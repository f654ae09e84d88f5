/**
 * A client whose scripts go by a time that a test sets, and whose requests it can hold back.
 *
 * A server's clock cannot be set, so scripts are rewritten on their way: where they ask for the time, they are told it
 * with their arguments. Keys still expire by the server's clock, so times should be long.
 * @module
 */
import { setImmediate } from 'node:timers/promises';
import { Redis } from 'ioredis';

type Args = [source: string, numberOfKeys: number, ...keysAndArgs: (string | number)[]];

export class TimedRedis {
  readonly client: Redis;
  /** Microseconds since 1970. */
  now = 1_700_000_000_000_000;
  /** Called with each reply before who has asked gets it. */
  onReply: (reply: unknown) => void = () => {};
  /** Whether requests are held back. */
  holds = false;
  readonly #held: (() => Promise<unknown>)[] = [];

  constructor(url: string) {
    this.client = new Redis(url, { maxRetriesPerRequest: 0 });
    const { client } = this;
    const send = client.eval.bind(client) as (...args: Args) => Promise<unknown>;
    const run = async ([source, ...rest]: Args) => {
      const timed = source.replace("redis.call('TIME')", '{ ARGV[#ARGV - 1], ARGV[#ARGV] }');
      const reply = await send(timed, ...rest, Math.floor(this.now / 1e6), this.now % 1e6);
      this.onReply(reply);
      return reply;
    };
    const unknown = Object.assign(new Error('NOSCRIPT unknown'), { name: 'ReplyError' });
    client.evalsha = (() => Promise.reject(unknown)) as typeof client.evalsha;
    client.eval = ((...args: Args) => {
      if (!this.holds) return run(args);
      const { promise, resolve } = Promise.withResolvers();
      this.#held.push(async () => {
        resolve(run(args));
        await promise;
      });
      return promise;
    }) as typeof client.eval;
  }

  /** How many requests are held back. */
  get held(): number {
    return this.#held.length;
  }

  /** Resolves when so many are. */
  async untilHeld(count: number): Promise<void> {
    while (this.held < count) await setImmediate();
  }

  /** Sends one of those that are held back, and waits for its reply. */
  async letGo(index: number): Promise<void> {
    const [letGo] = this.#held.splice(index, 1);
    await letGo?.();
  }
}
