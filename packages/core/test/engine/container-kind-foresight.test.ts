/**
 * What a container kind can know of its children before and after they have ended: that they are certain
 * to fail, why they did, and what stands behind a record.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  type Dependency,
  type Flow,
  failed,
  type Handle,
  on,
  settled,
  start,
  workflow,
} from '@runafter/core';
import {
  type Container,
  type ContainerKind,
  container,
  endedContainer,
} from '@runafter/core/container-kind';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seed } from '../properties/seed.ts';

type Write = (flow: Flow<unknown, never>, does: (name: string) => () => Promise<void>) => void;

/** Names of children that fail, in the order in which all of them end. */
interface Ends {
  readonly order: readonly string[];
  readonly failing: readonly string[];
}

/** Runs a body whose actions end in a given order; tells after which end its failure was certain. */
async function certainAfter(write: Write, { order, failing }: Ends) {
  const clock = virtualClock();
  let certain: string | undefined;
  let status: string | undefined;
  const kind: ContainerKind<object> = {
    name: 'foreseeing',
    childEnded: (container, { name }) => {
      if (container.failureIsCertain) certain ??= name;
    },
    finish: (container) => {
      status = container.leafStatus;
      expect(container.leafError === undefined).toBe(status === 'Succeeded');
      return undefined;
    },
  };
  const does = (name: string) => async () => {
    await clock.sleep((order.indexOf(name) + 1) * 1_000);
    if (failing.includes(name)) throw new Error(name);
  };
  const flow = workflow('W', (flow) => {
    container(flow, kind, 'K', [], (body) => write(body as never, does), {});
  });
  const run = start(flow, undefined, { clock });
  await clock.advance('1d');
  await run.finished;
  return { certain, status };
}

describe('failureIsCertain', () => {
  it.each<{ what: string; write: Write; failing: string[]; certain: string | undefined }>([
    {
      what: 'of what nothing runs after, at once',
      write: (flow, does) => {
        flow.action('A', does('A'));
        flow.action('B', does('B'));
      },
      failing: ['A'],
      certain: 'A',
    },
    {
      what: 'where what runs after it waits for another one too',
      write: (flow, does) => {
        const a = flow.action('A', does('A'));
        const b = flow.action('B', does('B'));
        flow.action('C', [a, b], does('C'));
      },
      failing: ['A'],
      certain: 'A',
    },
    {
      what: 'not while a handler may still save it',
      write: (flow, does) => {
        const a = flow.action('A', does('A'));
        const b = flow.action('B', does('B'));
        flow.action('C', [failed(a), b], does('C'));
      },
      failing: ['A'],
      certain: undefined,
    },
    {
      what: 'when the last thing that could have saved it does not',
      write: (flow, does) => {
        const a = flow.action('A', does('A'));
        const b = flow.action('B', does('B'));
        flow.action('C', [failed(a), failed(b)], does('C'));
      },
      failing: ['A'],
      certain: 'B',
    },
    {
      what: 'through what is certain to be skipped',
      write: (flow, does) => {
        const a = flow.action('A', does('A'));
        const b = flow.action('B', does('B'));
        const c = flow.action('C', [a, b], does('C'));
        flow.action('D', [on(c, 'Succeeded', 'Failed')], does('D'));
      },
      failing: ['A'],
      certain: 'A',
    },
    {
      what: 'not through what runs after something skipped',
      write: (flow, does) => {
        const a = flow.action('A', does('A'));
        const b = flow.action('B', [a], does('B'));
        flow.action('C', [settled(b)], does('C'));
      },
      failing: ['A'],
      certain: undefined,
    },
    {
      what: 'not of what is optional',
      write: (flow, does) => {
        flow.action('A', does('A'), { criticality: 'optional' });
        flow.action('B', does('B'));
      },
      failing: ['A'],
      certain: undefined,
    },
  ])('is said $what', async ({ write, failing, certain }) => {
    expect(await certainAfter(write, { order: ['A', 'B', 'C', 'D'], failing })).toEqual({
      certain,
      status: certain === undefined ? 'Succeeded' : 'Failed',
    });
  });

  it('is never said of what Succeeds, and in the end of everything that does not', async () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    const edge = fc.option(
      fc.constantFrom('bare' as const, 'failed' as const, 'settled' as const, 'skipped' as const),
    );
    const plan = fc.record({
      edges: fc.array(edge, { minLength: 10, maxLength: 10 }),
      order: fc.shuffledSubarray(names, { minLength: 5 }),
      failing: fc.subarray(names),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ edges, ...ends }) => {
        const write: Write = (flow, does) => {
          const left = [...edges];
          const before: Handle<never, unknown>[] = [];
          for (const name of names) {
            const runAfter = before.flatMap((handle): Dependency<never, unknown>[] => {
              const kind = left.pop();
              if (kind === 'bare') return [handle];
              if (kind === 'failed') return [failed(handle)];
              if (kind === 'settled') return [settled(handle)];
              return kind === 'skipped' ? [on(handle, 'Skipped')] : [];
            });
            before.push(flow.action(name, runAfter, does(name)));
          }
        };
        const { certain, status } = await certainAfter(write, ends);
        expect(certain === undefined).toBe(status === 'Succeeded');
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe('the leaf that explains a failure', () => {
  it('is one that failed, where others were cancelled because of it', async () => {
    const clock = virtualClock();
    const kind: ContainerKind<object> = {
      name: 'strict',
      childEnded: (container) => {
        if (!container.failureIsCertain) return;
        container.cancelChildren({ code: 'STOPPED', message: 'One has failed.' });
      },
      finish: ({ leafError }) => {
        expect(leafError).toMatchObject({ code: 'UNKNOWN_ERROR', message: /"K\/B" ended Failed/ });
        return { status: 'Failed' };
      },
    };
    const flow = workflow('W', (flow) => {
      container(
        flow,
        kind,
        'K',
        [],
        (body) => {
          const a = body.action('A', ({ signal }) => clock.sleep('1h', { signal }));
          const b = body.action('B', () => Promise.reject(new Error('no')));
          body.action('C', [a, b], () => 1);
          body.action('D', ({ signal }) => clock.sleep('1h', { signal }));
        },
        {},
      );
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1d');
    const result = await run.finished;

    expect(result).toMatchObject({ error: { message: '"K/B" ended Failed: no' } });
    expect(run.why().chain.map(({ path }) => path)).toEqual(['K', 'K/C', 'K/B']);
    expect(run.result('K/D')).toMatchObject({ status: 'Cancelled', code: 'STOPPED' });
  });
});

describe('a container', () => {
  it('can read the input, and the item and number of the loop around it', async () => {
    const seen: unknown[] = [];
    const kind: ContainerKind<object> = {
      name: 'reading',
      finish: ({ context: { input, item, index } }) => void seen.push([input, item, index]),
    };
    const flow = workflow('W', (flow: Flow<number>) => {
      container(flow, kind, 'Outside', [], () => {}, {});
      flow.forEach(
        'Loop',
        [],
        () => ['a', 'b'],
        (each) => {
          container(each, kind, 'Inside', [], () => {}, {});
        },
      );
    });
    await start(flow, 7).finished;
    expect(seen).toEqual([
      [7, undefined, undefined],
      [7, 'a', 0],
      [7, 'b', 1],
    ]);
  });

  it('stands behind its record when it has ended', async () => {
    const kind: ContainerKind<object> = { name: 'plain' };
    const flow = workflow('W', (flow) => {
      container(flow, kind, 'K', [], (body) => void body.action('A', () => 41), {});
    });
    const run = start(flow, undefined, { runId: 'r' });
    const { results } = await run.finished;
    const ended = results[0] && endedContainer(results[0]);

    expect(ended?.kind).toBe(kind);
    expect(ended?.container).toMatchObject({ path: 'K', idempotencyKey: 'r/K' });
    expect(ended?.container.children).toMatchObject([{ name: 'A', outputs: 41, secure: false }]);
    const [action] = results[0]?.results ?? [];
    expect(action && endedContainer(action)).toBeUndefined();
  });
});

describe('a function of the last phase', () => {
  const withFunction = (secure: boolean | undefined, seen: Container<object, undefined>[] = []) => {
    const kind: ContainerKind<object> = {
      name: 'last',
      finish: async (container) => {
        seen.push(container);
        await container.perform('Ok', () => 'tok-1', secure === undefined ? {} : { secure });
        await container.perform(
          'Bad',
          () => Promise.reject(new Error('bad tok-1')),
          secure === undefined ? {} : { secure },
        );
        return undefined;
      },
    };
    return workflow('W', (flow) => {
      container(flow, kind, 'K', [], () => {}, {});
    });
  };

  it('shows neither its output nor its error where it is secure', async () => {
    const run = start(withFunction(true), undefined);
    expect(JSON.stringify(await run.finished)).not.toContain('tok-1');
    expect(run.result('K/Ok')?.outputs).toBe('[secure]');
  });

  it('shows them where it is not', async () => {
    const run = start(withFunction(undefined), undefined);
    await run.finished;
    expect(run.result('K/Ok')?.outputs).toBe('tok-1');
    expect(run.result('K/Bad')?.error?.message).toBe('bad tok-1');
  });
});
