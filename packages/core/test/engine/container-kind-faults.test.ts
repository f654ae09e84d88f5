/**
 * Container kinds come from outside: whatever their hooks do wrong fails their container, cleanly.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { DefinitionError, start, workflow } from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

type Kind = Omit<ContainerKind<object, unknown>, 'name'>;

/** Runs First, then Second, and beside them Slow, which takes an hour, in a container of this kind. */
async function runIn(hooks: Kind) {
  const clock = virtualClock({ autoAdvance: true });
  const flow = workflow('Faulty', (flow) => {
    container(
      flow,
      { name: 'faulty', ...hooks },
      'Faulty',
      [],
      (inner) => {
        const first = inner.action('First', async () => 1);
        inner.action('Second', [first], () => 2);
        inner.action('Slow', ({ signal }) => clock.sleep('1h', { signal }));
      },
      {},
    );
    flow.action('Sibling', () => clock.sleep('2h'));
  });
  const run = start(flow, undefined, { clock });
  const result = await run.finished;
  expect(clock.pending, 'timers left').toBe(0);
  expect(run.result('Sibling')).toMatchObject({ status: 'Succeeded' });
  return { run, result, faulty: result.results[0] };
}

function fault(): never {
  throw Object.assign(new Error('The kind is broken.'), { code: 'KIND_BROKEN' });
}

describe('a hook that fails', () => {
  it.each<{ hook: string; hooks: Kind }>([
    { hook: 'childEnded throws', hooks: { childEnded: fault } },
    { hook: 'childEnded rejects', hooks: { childEnded: async () => fault() } },
    { hook: 'finish throws', hooks: { finish: fault } },
    { hook: 'finish rejects', hooks: { finish: async () => fault() } },
    { hook: 'initialState throws', hooks: { initialState: fault } },
  ])(
    '($hook) fails the container with its own error, whatever the children did',
    async ({ hooks }) => {
      const { run, result, faulty } = await runIn(hooks);

      expect(result.status).toBe('Failed');
      expect(faulty).toMatchObject({ status: 'Failed', code: 'KIND_BROKEN' });
      expect(faulty?.error?.message).toBe('The kind is broken.');
      expect(faulty?.error?.cause).toBeInstanceOf(Error);
      expect(run.why().text).toContain('The kind is broken.');
    },
  );

  it('in childEnded cancels the other children, and finish still comes', async () => {
    const seen: string[] = [];
    const { result } = await runIn({
      childEnded: (_, { name }) => {
        if (name === 'First') fault();
      },
      finish: () => {
        seen.push('finish');
        return { status: 'Succeeded' };
      },
    });

    expect(outline(result.results)).toMatchObject({
      Faulty: 'Failed KIND_BROKEN',
      'Faulty/First': 'Succeeded',
      'Faulty/Second': 'Skipped CONTAINER_KIND_FAILED',
      'Faulty/Slow': 'Cancelled CONTAINER_KIND_FAILED',
    });
    expect(seen).toEqual(['finish']);
  });

  it('in initialState starts no child, and finish does not come without a state', async () => {
    const seen: string[] = [];
    const { result } = await runIn({
      initialState: fault,
      finish: () => {
        seen.push('finish');
        return undefined;
      },
    });

    expect(outline(result.results)).toMatchObject({
      'Faulty/First': 'Skipped CONTAINER_KIND_FAILED',
      'Faulty/Slow': 'Skipped CONTAINER_KIND_FAILED',
    });
    expect(seen).toEqual([]);
  });

  it('is the first one that counts', async () => {
    const { faulty } = await runIn({
      childEnded: fault,
      finish: () => {
        throw new Error('A second fault.');
      },
    });

    expect(faulty).toMatchObject({ code: 'KIND_BROKEN' });
  });
});

describe('childEnded', () => {
  it('may be async: finish waits for it, its siblings do not', async () => {
    const seen: string[] = [];
    const { run } = await runIn({
      childEnded: async ({ clock }, { name }) => {
        await clock.sleep('3h');
        seen.push(name);
      },
      finish: () => {
        seen.push('finish');
        return undefined;
      },
    });

    expect(seen).toEqual(['First', 'Second', 'Slow', 'finish']);
    expect(run.result('Faulty/Second')?.startTime).toEqual(new Date(Date.UTC(2026, 0, 1)));
  });
});

describe('a verdict', () => {
  it.each<{ what: string; verdict: unknown; said: string }>([
    { what: 'null', verdict: null, said: 'null' },
    { what: 'an object without a status', verdict: {}, said: 'an object' },
    { what: 'an unknown status', verdict: { status: 'Done' }, said: '"Done"' },
    { what: 'Skipped', verdict: { status: 'Skipped' }, said: '"Skipped"' },
    { what: 'a name that every object has', verdict: { status: 'toString' }, said: '"toString"' },
    { what: 'a number', verdict: 1, said: '1' },
  ])('that is $what fails the container and says so', async ({ verdict, said }) => {
    const { result, faulty } = await runIn({ finish: () => verdict as undefined });

    expect(result.status).toBe('Failed');
    expect(faulty).toMatchObject({ status: 'Failed', code: 'CONTAINER_VERDICT_INVALID' });
    expect(faulty?.error?.message).toContain('"faulty"');
    expect(faulty?.error?.message).toContain(said);
  });
});

describe('perform', () => {
  it.each<{ what: string; name: string; code: string }>([
    { what: 'of a child', name: 'First', code: 'NAME_DUPLICATE' },
    { what: 'that was used before', name: 'Clean', code: 'NAME_DUPLICATE' },
    { what: 'that is none', name: 'Clean/Up', code: 'NAME_INVALID' },
  ])(
    'with a name $what fails the container: the name makes the idempotency key',
    async ({ name, code }) => {
      const called: string[] = [];
      const { faulty } = await runIn({
        finish: async (container) => {
          await container.perform('Clean', () => called.push('Clean'));
          await container.perform(name, () => called.push(name));
          return undefined;
        },
      });

      expect(faulty).toMatchObject({ status: 'Failed', code });
      expect(faulty?.error?.message).toContain(JSON.stringify(name));
      expect(called).toEqual(['Clean']);
    },
  );
});

describe('a kind', () => {
  it('refuses a definition in its check', () => {
    const needsTwo: ContainerKind<object> = {
      name: 'pair',
      check: ({ workflow, path, children }) => {
        if (children.length === 2) return;
        throw new DefinitionError('OPTION_INVALID', { workflow, path }, 'A pair has two children.');
      },
    };

    expect(() =>
      workflow('Pairs', (flow) => {
        container(flow, needsTwo, 'Pair', [], (inner) => void inner.action('One', () => 1), {});
      }),
    ).toThrow(/"Pairs".*"Pair".*A pair has two children/);
  });

  it('in a loop whose id cannot be had fails the iteration, and the run goes on', async () => {
    const kind: ContainerKind<object> = {
      name: 'keyed',
      finish: ({ idempotencyKey }) => ({ status: 'Succeeded', outputs: idempotencyKey }),
    };
    const flow = workflow('Keyed', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => ['good', 'bad'],
        (each) => {
          container(each, kind, 'Kind', [], () => {}, {});
        },
        {
          id: (item) => {
            if (item === 'bad') throw new Error('no identity');
            return item;
          },
        },
      );
    });
    const run = start(flow, undefined, { runId: 'r' });
    await run.finished;

    expect(run.result('Loop[0]/Kind')).toMatchObject({ outputs: 'r/Loop[id=good]/Kind' });
    expect(run.result('Loop[1]/Kind')).toMatchObject({ error: { message: 'no identity' } });
  });
});
