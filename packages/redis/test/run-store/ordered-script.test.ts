/** What is called first takes effect first, whatever a server has forgotten meanwhile. */
import { expect, it } from 'vitest';
import { luaScript } from '../../src/lua-script.ts';
import type { RedisClient, RedisConnection } from '../../src/redis-connection.ts';
import { OrderedScript } from '../../src/run-store/ordered-script.ts';

const script = luaScript('return 1');
const forgotten = () => Object.assign(new Error('NOSCRIPT'), { name: 'ReplyError' });

/** A server that knows a script from the moment at which it gets it, and what it has run. */
function aServer({ isCluster = false, stream = {} } = {}) {
  const ran: string[] = [];
  const server = { ran, knows: false, evals: 0 };
  const run = async (...[, , key, arg]: (string | number)[]) => {
    await undefined;
    ran.push(`${key}${arg}`);
  };
  const corkable = { cork() {}, uncork() {}, ...stream };
  const client = {
    isCluster,
    status: 'ready',
    stream: corkable,
    eval(...args: (string | number)[]) {
      server.knows = true;
      server.evals++;
      return run(...args);
    },
    async evalsha(...args: (string | number)[]) {
      if (!server.knows) throw forgotten();
      return run(...args);
    },
  };
  const connection = {
    name: 'it',
    run: async (send: (client: RedisClient) => unknown) => send(client as never),
  };
  return { server, client, calls: new OrderedScript(connection as RedisConnection, script) };
}

it('brings the script along once for each connection', async () => {
  const { server, client, calls } = aServer();
  await Promise.all([calls.run(['a'], [1]), calls.run(['a'], [2])]);
  await calls.run(['a'], [3]);
  expect(server).toEqual({ ran: ['a1', 'a2', 'a3'], knows: true, evals: 1 });
  Object.assign(server, { knows: false });
  client.stream = { ...client.stream };
  await Promise.all([calls.run(['a'], [4]), calls.run(['a'], [5])]);
  expect(server).toMatchObject({ ran: ['a1', 'a2', 'a3', 'a4', 'a5'], evals: 2 });
});

it('sends nothing past calls that have found no script', async () => {
  const { server, calls } = aServer();
  await calls.run(['a'], [0]);
  server.knows = false;
  const answers = [1, 2, 3].map((n) => calls.run(['a'], [n]));
  for (let n = 4; n < 20; n++) {
    // Called at every step on the way, until those before are done.
    await undefined;
    answers.push(calls.run(['a'], [n]));
  }
  await Promise.all([...answers, calls.close()]);
  expect(server.ran).toEqual(Array.from({ length: 20 }, (_, n) => `a${n}`));
});

it('on a Cluster has each call of a run wait for the one before, and those of others not', async () => {
  const { server, client, calls } = aServer({ isCluster: true });
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { evalsha } = client;
  client.evalsha = async (...args) => {
    if (args[2] === 'a' && args[3] === 1) await held;
    return evalsha(...args);
  };
  const first = [calls.run(['a'], [1]), calls.run(['a'], [2])];
  await Promise.all([calls.run(['b'], [1]), calls.run(['b'], [2])]);
  expect(server.ran).toEqual(['b1', 'b2']);
  letGo();
  await Promise.all(first);
  expect(server.ran).toEqual(['b1', 'b2', 'a1', 'a2']);
  await calls.close();
});
