/**
 * Secrets of durable runs: over a restart they are what they were, and no store ever sees them.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { fixed, virtualClock } from '@runafter/clock';
import {
  type Cipher,
  CipherRequiredError,
  event,
  type Flow,
  memoryRunStore,
  type ResumeOptions,
  resume,
  settled,
  signal,
  start,
  workflow,
} from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';
import { aesCipher } from './aes-cipher.ts';
import { MortalProcess } from './mortal-process.ts';
import { recordedStore } from './recorded-store.ts';
import { expectSameAfterKills } from './same-after-kills.ts';
import { slowly } from './slowly.ts';

const secret = 'hunter2';
const hidden = { secure: { outputs: true } };
const cipher = aesCipher(randomBytes(32));

/** A secret on its way through everything that outlives a process. */
function carrying(process: MortalProcess, got: (value: unknown) => void = () => undefined) {
  const tidy: ContainerKind<object, string> = {
    name: 'tidy',
    initialState: () => '',
    childEnded: (container, child) => container.saveState(String(child.outputs)),
    async finish({ state, perform }) {
      await perform('Tidy', () => got(state));
      return undefined;
    },
  };
  const child = workflow('Child', (flow: Flow<string>) => {
    const inner = flow.action(
      'Inner',
      (context) => slowly(process, context, context.input),
      hidden,
    );
    return flow.action(
      'Outer',
      [inner],
      ([token], context) => slowly(process, context, token),
      hidden,
    );
  });
  return workflow('Carrying', (flow) => {
    const login = flow.action('Login', (context) => slowly(process, context, secret), {
      ...hidden,
      retry: fixed({ count: 1, interval: '1s' }),
    });
    const scope = flow.scope('Scope', [login], (scope, [login]) =>
      scope.action(
        'Use',
        [login],
        async ([token], context) => {
          await slowly(process, context, 1);
          got(token);
          return token;
        },
        hidden,
      ),
    );
    const loop = flow.forEach(
      'Loop',
      [scope],
      ([token]) => [token, token],
      (each) =>
        each.action(
          'Work',
          async (context) => {
            await slowly(process, context, 1);
            got(context.item);
            if (context.index === 1) throw new Error(`Not accepted: ${context.item}`);
            return context.item;
          },
          hidden,
        ),
    );
    const rounds = flow.until(
      'Until',
      [login],
      ([token]) => token,
      (round) =>
        round.action(
          'Again',
          [round.state],
          ([token], context) => slowly(process, context, token),
          hidden,
        ),
      (_, { index }) => index === 1,
    );
    const call = flow.child('Child', [login], child, ([token]) => token);
    const kind = container(
      flow,
      tidy,
      'Kind',
      [login],
      (inner, [login]) => {
        inner.action(
          'Copy',
          [login],
          ([token], context) => slowly(process, context, token),
          hidden,
        );
      },
      {},
    );
    const code = flow.waitFor('Code', [], event<string>('code'), hidden);
    flow.action('End', [settled(loop), rounds, call, code, settled(kind)], async (all, context) => {
      await process.note(context);
      const [loop, rounds, call, code] = all;
      got(rounds);
      got(call);
      got(code);
      got(loop.iterations[0]?.item);
      got(loop.iterations[0]?.status === 'Succeeded' && loop.iterations[0].outputs);
    });
  });
}

describe('a secret of a durable run', () => {
  it('survives a kill anywhere, and is in no call that reaches the store', async () => {
    const got: unknown[] = [];
    const { result } = await expectSameAfterKills({
      workflow: (process) => carrying(process, (value) => got.push(value)),
      options: { cipher },
      around: ({ store, clock }) => {
        clock.setTimer(500, () => void signal(store, 'r', 'code', secret, { cipher }));
      },
      storeOf: (inner) => {
        const { store, calls } = recordedStore(inner);
        return { store, check: () => expect(JSON.stringify(calls)).not.toContain(secret) };
      },
    });

    expect(result).toMatchObject({ status: 'Succeeded' });
    expect(JSON.stringify(result)).not.toContain(secret);
    expect(new Set(got)).toEqual(new Set([secret]));
    expect(got.length).toBeGreaterThan(100);
  });

  it('is not stored without a cipher: a workflow that would need it later is refused', () => {
    const process = new MortalProcess(memoryRunStore(), virtualClock());

    expect(() => process.start(carrying(process), undefined)).toThrow(CipherRequiredError);
  });

  it('that nobody needs later needs no cipher, and is not stored', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { store, calls } = recordedStore(memoryRunStore({ clock }));
    const write = (process: MortalProcess) =>
      workflow('Login', (flow) => {
        const login = flow.action('Login', (context) => slowly(process, context, secret), hidden);
        void login;
        flow.action('Beside', (context) => slowly(process, context, 1, '1m'));
      });
    const first = new MortalProcess(store, clock);
    first.start(write(first), undefined);
    clock.setTimer(30_000, () => first.kill());
    await first.died;
    await first.bury();
    const second = new MortalProcess(store, clock);
    const { status, results } = await (await resume(write(second), 'r', second.place)).finished;

    expect(status).toBe('Succeeded');
    expect(results[0]).toMatchObject({ status: 'Succeeded', outputs: '[secure]' });
    expect(second.calls).toEqual(['r/Beside']);
    expect(JSON.stringify(calls)).not.toContain(secret);
  });

  it.each<[string, Cipher, string]>([
    ['another key', aesCipher(randomBytes(32)), 'CIPHER_FAILED'],
    [
      'a cipher that is down',
      { ...cipher, decrypt: () => Promise.reject(new Error('no key service')) },
      'CIPHER_FAILED',
    ],
  ])(
    'that cannot be read again, with %s, ends the run here and leaves it as it is',
    async (_, other, code) => {
      const clock = virtualClock({ autoAdvance: true });
      const store = memoryRunStore({ clock });
      const write = (process: MortalProcess) =>
        workflow('Login', (flow) => {
          const login = flow.action('Login', (context) => slowly(process, context, secret), hidden);
          flow.action('Use', [login], ([token], context) => slowly(process, context, token, '1m'));
        });
      const first = new MortalProcess(store, clock);
      first.start(write(first), undefined, { cipher });
      clock.setTimer(30_000, () => first.kill());
      await first.died;
      await first.bury();
      const second = new MortalProcess(store, clock);
      const options: ResumeOptions = { ...second.place, cipher: other };
      const failed = resume(write(second), 'r', options).then((run) => run.finished);
      await expect(failed).rejects.toMatchObject({ code });
      const third = new MortalProcess(store, clock);
      const run = await resume(write(third), 'r', { ...third.place, cipher });

      expect((await run.finished).status).toBe('Succeeded');
      expect(second.calls).toEqual([]);
    },
  );

  it('is stored encrypted, too, where an action returns it that has read it as the state', async () => {
    const { store, calls } = recordedStore();
    const flow = workflow('State', (flow: Flow<void>) => {
      const login = flow.action('Login', () => secret, hidden);
      flow.until(
        'Until',
        [login],
        ([token]) => token,
        (round) => round.action('Copy', (context) => (context as { state?: string }).state ?? ''),
        () => true,
      );
    });
    const run = start(flow, undefined, { store, cipher, runId: 'r' });

    expect(await run.finished).toMatchObject({ status: 'Succeeded' });
    expect(run.result('Until[0]/Copy')).toMatchObject({ outputs: secret });
    expect(JSON.stringify(calls)).not.toContain(secret);
  });

  it('sent as a signal without a cipher is refused', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const process = new MortalProcess(store, clock);
    const run = start(carrying(process), undefined, { store, clock, runId: 'r', cipher });
    await clock.advance(0);

    await expect(signal(store, 'r', 'code', secret)).rejects.toBeInstanceOf(CipherRequiredError);
    run.cancel();
    await clock.advance('1m');
    await run.finished;
  });
});
