/**
 * The extension point: what a kind of container from outside may do with its status and its children.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { failed, settled, start, workflow } from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

const boom = (): never => {
  throw Object.assign(new Error('no paper'), { code: 'NO_PAPER' });
};

describe('a kind without hooks', () => {
  it('is a scope: leaf rule, records, output', async () => {
    const plain: ContainerKind<object> = { name: 'plain' };
    const flow = workflow('Plain', (flow) => {
      const good = container(
        flow,
        plain,
        'Good',
        [],
        (inner) => inner.action('Work', () => 'done'),
        {},
      );
      const bad = container(flow, plain, 'Bad', [good], (inner) => inner.action('Work', boom), {});
      return flow.action('After', [good, settled(bad)], ([good, bad]) => [good, bad.status]);
    });

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['done', 'Failed'] });
    expect(outline(result.results)).toEqual({
      Good: 'Succeeded',
      'Good/Work': 'Succeeded',
      Bad: 'Failed NO_PAPER',
      'Bad/Work': 'Failed NO_PAPER',
      After: 'Succeeded',
    });
    expect(result.results[1]?.error?.message).toContain('"Bad/Work" ended Failed');
  });
});

describe('a status of its own', () => {
  it('can turn failed children into success, with outputs that the kind makes', async () => {
    const lenient: ContainerKind<{ readonly unit: string }> = {
      name: 'lenient',
      finish: ({ children, options }) => ({
        status: 'Succeeded',
        outputs: children
          .filter(({ record }) => record?.status === 'Succeeded')
          .map(({ name, outputs }) => `${name}: ${outputs} ${options.unit}`),
      }),
    };
    const flow = workflow('Lenient', (flow) =>
      container(
        flow,
        lenient,
        'Weigh',
        [],
        (inner) => {
          inner.action('Scale', () => 7);
          inner.action('Broken_Scale', boom);
        },
        { unit: 'kg' },
      ),
    );

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['Scale: 7 kg'] });
    expect(result.handledFailures.map(({ path }) => path)).toEqual(['Weigh/Broken_Scale']);
  });

  it('can fail what Succeeded, with a code and a message that its followers and why() see', async () => {
    const strict: ContainerKind<object> = {
      name: 'strict',
      finish: () => ({ status: 'Failed', code: 'TOO_EASY', message: 'That was too easy.' }),
    };
    const flow = workflow('Strict', (flow) => {
      const strictly = container(
        flow,
        strict,
        'Strict',
        [],
        (inner) => void inner.action('Work', () => 1),
        {},
      );
      flow.action('Handle', [failed(strictly)], ([strictly]) => strictly.error.code);
      flow.action('Next', [strictly], () => 1);
    });

    const run = start(flow, undefined);
    const { status, results } = await run.finished;

    expect(status).toBe('Failed');
    expect(results[0]).toMatchObject({
      status: 'Failed',
      code: 'TOO_EASY',
      error: { message: 'That was too easy.' },
      outputs: undefined,
    });
    expect(results[1]).toMatchObject({ outputs: 'TOO_EASY' });
    expect(run.why().text).toContain('That was too easy.');
  });

  it.each(['Failed', 'TimedOut', 'Cancelled'] as const)(
    'is enough: %s without words is explained by the child that failed, or by the kind',
    async (status) => {
      const kind: ContainerKind<object> = { name: 'silent', finish: () => ({ status }) };
      const flow = workflow('Silent', (flow) => {
        container(flow, kind, 'Explained', [], (inner) => void inner.action('Work', boom), {});
        container(flow, kind, 'Decided', [], (inner) => void inner.action('Work', () => 1), {});
      });

      const { results } = await start(flow, undefined).finished;

      expect(results[0]).toMatchObject({ status, code: 'NO_PAPER' });
      expect(results[1]).toMatchObject({ status, code: 'CONTAINER_FAILED' });
      expect(results[1]?.error?.message).toBe(
        `"Decided" ended ${status}, as its kind has decided.`,
      );
    },
  );
});

describe('cancelling its children', () => {
  it('stops those that run, skips those that wait, and leaves the status to the kind', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const reasons: unknown[] = [];
    const race: ContainerKind<object> = {
      name: 'race',
      childEnded(container, child) {
        if (child.record?.status !== 'Succeeded') return;
        container.cancelChildren({ code: 'RACE_OVER', message: `${child.name} has won.` });
      },
      finish: ({ children, stopped }) => ({
        status: 'Succeeded',
        outputs: [children.find(({ record }) => record?.status === 'Succeeded')?.name, stopped],
      }),
    };
    const flow = workflow('Race', (flow) =>
      container(
        flow,
        race,
        'Race',
        [],
        (inner) => {
          inner.action('Hare', async ({ signal }) => {
            signal.addEventListener('abort', () => reasons.push(signal.reason));
            await clock.sleep('1h', { signal });
          });
          const tortoise = inner.action('Tortoise', () => clock.sleep('1m'));
          inner.action('Lap_Of_Honour', [tortoise], () => 1);
          inner.delay('Snail', [], '1d');
        },
        {},
      ),
    );

    const result = await start(flow, undefined, { clock }).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['Tortoise', undefined] });
    expect(outline(result.results)).toEqual({
      Race: 'Succeeded',
      'Race/Hare': 'Cancelled RACE_OVER',
      'Race/Tortoise': 'Succeeded',
      'Race/Lap_Of_Honour': 'Skipped RACE_OVER',
      'Race/Snail': 'Cancelled RACE_OVER',
    });
    expect(reasons).toMatchObject([{ code: 'RACE_OVER', message: 'Tortoise has won.' }]);
    expect(clock.pending).toBe(0);
  });
});
