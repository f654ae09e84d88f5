/**
 * What a container kind performs has a record, a key, retries and a time-out of its own.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { fixed, virtualClock } from '@runafter/clock';
import { memoryRunStore, type RunEvent, start, workflow } from '@runafter/core';
import { type ContainerKind, container, type ShieldedContext } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';
import { aesCipher } from '../durable/aes-cipher.ts';
import { recordedStore } from '../durable/recorded-store.ts';
import { storedOutcomes } from '../durable/stored-outcomes.ts';
import { outline } from './outline.ts';
import { working } from './tidy-kind.ts';

describe('perform', () => {
  it('tries again as it is told, with one key on all attempts, and keeps a record', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const calls: Omit<ShieldedContext, 'signal'>[] = [];
    const events: string[] = [];
    const store = memoryRunStore();
    const flow = working(clock, async (container) => {
      const result = await container.perform(
        'Clean',
        ({ idempotencyKey, attempt }) => {
          calls.push({ idempotencyKey, attempt });
          if (attempt < 3) throw Object.assign(new Error('busy'), { code: 'BUSY' });
          return 'clean';
        },
        { retry: fixed({ count: 4, interval: '10s' }), timeout: '1h' },
      );
      expect(result).toMatchObject({ status: 'Succeeded', outputs: 'clean' });
      return undefined;
    });
    const run = start(flow, undefined, {
      clock,
      runId: 'r',
      store,
      onEvent: (event: RunEvent) => {
        if ('path' in event && event.path === 'Tidy/Clean') events.push(event.type);
      },
    });
    const { usage } = await run.finished;

    expect(calls).toEqual(
      [1, 2, 3].map((attempt) => ({ attempt, idempotencyKey: 'r/Tidy/Clean' })),
    );
    expect(run.result('Tidy/Clean')).toMatchObject({
      kind: 'shielded',
      status: 'Succeeded',
      outputs: 'clean',
      trackingId: 'r/Tidy/Clean',
      attempts: [
        { number: 1, error: { code: 'BUSY' }, wait: 10_000 },
        { number: 2, error: { code: 'BUSY' }, wait: 10_000 },
        { number: 3 },
      ],
    });
    expect(events.filter((type) => type.startsWith('action'))).toEqual([
      'action.started',
      'action.ended',
    ]);
    expect(usage).toMatchObject({ attempts: 5 });
    expect(clock.pending).toBe(0);
    const stored = (await storedOutcomes(store, 'r')).find(({ path }) => path === 'Tidy/Clean');
    expect(stored).toMatchObject({ attempt: 3, status: 'Succeeded', outputs: 'clean' });
  });

  it.each<{ how: string; timeout: '1m' | undefined; status: string; code: string }>([
    { how: 'failed', timeout: undefined, status: 'Failed', code: 'STUCK' },
    {
      how: 'took too long, its retries included',
      timeout: '1m',
      status: 'TimedOut',
      code: 'ACTION_TIMED_OUT',
    },
  ])(
    'gives a result and not an error when the function $how',
    async ({ timeout, status, code }) => {
      const clock = virtualClock({ autoAdvance: true });
      const seen: unknown[] = [];
      const flow = working(clock, async (container) => {
        const result = await container.perform(
          'Clean',
          async ({ signal }) => {
            await clock.sleep('25s', { signal });
            throw Object.assign(new Error('stuck'), { code: 'STUCK' });
          },
          {
            retry: fixed({ count: 2, interval: '10s' }),
            ...(timeout !== undefined && { timeout }),
          },
        );
        seen.push(result.status, result.status !== 'Succeeded' && result.error.code);
        return undefined;
      });
      const run = start(flow, undefined, { clock });
      const { results } = await run.finished;

      expect(seen).toEqual([status, code]);
      expect(outline(results)).toMatchObject({
        Tidy: 'Succeeded',
        'Tidy/Clean': `${status} ${code}`,
      });
      expect(clock.pending).toBe(0);
    },
  );

  it('that failed in a container that Succeeded is a handled failure', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = working(clock, async (container) => {
      await container.perform('Clean', () => Promise.reject(new Error('stuck')));
      return undefined;
    });

    const { status, handledFailures } = await start(flow, undefined, { clock }).finished;

    expect(status).toBe('Succeeded');
    expect(handledFailures).toMatchObject([{ path: 'Tidy/Clean', status: 'Failed' }]);
  });

  it('may deal with secrets of a child: its record shows neither them nor an error that quotes them', async () => {
    const secret = 'hunter2';
    const seen: unknown[] = [];
    const kind: ContainerKind<object> = {
      name: 'secretive',
      finish: async ({ children, perform }) => {
        const password = String(children[0]?.outputs);
        const hashed = await perform('Hash', () => `hash of ${password}`);
        seen.push(hashed.status === 'Succeeded' && hashed.outputs);
        await perform('Forget', () => Promise.reject(new Error(`cannot forget ${password}`)));
        return undefined;
      },
    };
    const flow = workflow('Secretive', (flow) => {
      container(
        flow,
        kind,
        'Kind',
        [],
        (inner) => void inner.action('Password', () => secret, { secure: { outputs: true } }),
        {},
      );
    });
    const told: RunEvent[] = [];
    const { store, calls } = recordedStore();
    const cipher = aesCipher(randomBytes(32));
    const run = start(flow, undefined, { store, cipher, onEvent: (event) => told.push(event) });
    const result = await run.finished;

    expect(seen).toEqual([`hash of ${secret}`]);
    expect(JSON.stringify([result, told, calls])).not.toContain(secret);
    expect(outline(result.results)).toMatchObject({
      'Kind/Hash': 'Succeeded',
      'Kind/Forget': expect.stringMatching('Failed'),
    });
  });

  it('is waited for, also when the kind does not', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const done: string[] = [];
    const kind: ContainerKind<object> = {
      name: 'careless',
      childEnded(container, { name }) {
        void container.perform(`Clean_${name}`, async () => {
          await clock.sleep('1h');
          done.push(name);
        });
      },
    };
    const flow = workflow('Careless', (flow) => {
      container(flow, kind, 'Careless', [], (inner) => void inner.action('Work', () => 1), {});
    });

    const { results } = await start(flow, undefined, { clock }).finished;

    expect(done).toEqual(['Work']);
    expect(outline(results)).toMatchObject({ 'Careless/Clean_Work': 'Succeeded' });
  });

  it('is waited for in finish too, and its record comes after those of the children', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = working(clock, async (container) => {
      void container.perform('Clean', () => clock.sleep('1h'));
      return undefined;
    });

    const { results, startTime, endTime } = await start(flow, undefined, { clock }).finished;

    expect(results[0]?.results.map(({ name }) => name)).toEqual(['Work', 'Rest', 'Clean']);
    expect(endTime.getTime() - startTime.getTime()).toBe(2 * 3_600_000);
  });
});
