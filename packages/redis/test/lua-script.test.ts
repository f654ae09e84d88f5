/** What of a script is sent, and when. */
import { expect, it, vi } from 'vitest';
import { luaScript, runScript } from '../src/lua-script.ts';
import type { RedisClient } from '../src/redis-connection.ts';

const script = luaScript('return 1');
const unknownScript = Object.assign(new Error('NOSCRIPT No matching script.'), {
  name: 'ReplyError',
});

/** A client of a server that knows no script; something happens before its reply. */
function forgetfulClient(beforeReply: () => void = () => {}) {
  const evalsha = vi.fn(async () => {
    beforeReply();
    throw unknownScript;
  });
  const evaluate = vi.fn(async () => 1);
  return { evalsha, evaluate, client: { evalsha, eval: evaluate } as unknown as RedisClient };
}

it('is sent by its hash, and as a whole to a server that does not know it', async () => {
  const { client, evalsha, evaluate } = forgetfulClient();
  expect(await runScript(client, script, ['key'], ['a', 2])).toBe(1);
  expect(evalsha.mock.calls).toEqual([[script.hash, 1, 'key', 'a', 2]]);
  expect(evaluate.mock.calls).toEqual([[script.source, 1, 'key', 'a', 2]]);
});

it('is not sent when its signal has aborted', async () => {
  const { client, evalsha } = forgetfulClient();
  const running = runScript(client, script, ['key'], [], { signal: AbortSignal.abort('enough') });
  await expect(running).rejects.toBe('enough');
  expect(evalsha).not.toHaveBeenCalled();
});

it('is not sent as a whole when its signal has aborted meanwhile: a release may be on its way', async () => {
  const stop = new AbortController();
  const { client, evaluate } = forgetfulClient(() => stop.abort('enough'));
  const running = runScript(client, script, ['key'], [], { signal: stop.signal });
  await expect(running).rejects.toBe('enough');
  expect(evaluate).not.toHaveBeenCalled();
});
