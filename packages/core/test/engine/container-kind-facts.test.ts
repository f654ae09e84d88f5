/**
 * What a container kind is told: of its children and their metadata, and of its container.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { describe as describeWorkflow, settled, start, workflow } from '@runafter/core';
import {
  type Child,
  type Container,
  type ContainerKind,
  container,
  setMetadata,
} from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';

const boom = (): never => {
  throw Object.assign(new Error('no paper'), { code: 'NO_PAPER' });
};

describe('metadata', () => {
  it('is kept with each child, where check, the hooks and describe() find it', async () => {
    const seen: unknown[] = [];
    const kind: ContainerKind<{ readonly strict: boolean }> = {
      name: 'noted',
      optionNames: ['strict'],
      check: ({ workflow, path, options, children }) => {
        seen.push([
          workflow,
          path,
          options,
          children.map(({ name, metadata }) => [name, metadata]),
        ]);
      },
      childStarting: (_, { name, metadata }) => void seen.push([name, metadata]),
    };
    const flow = workflow('Noted', (flow) => {
      container(
        flow,
        kind,
        'Noted',
        [],
        (inner) => {
          const first = inner.action('First', () => 1);
          setMetadata(first, { undo: 'first' });
          inner.scope('Second', [first], () => {});
        },
        { strict: true, timeout: '1m' },
      );
    });

    await start(flow, undefined, { clock: virtualClock() }).finished;

    expect(seen).toEqual([
      [
        'Noted',
        'Noted',
        { strict: true },
        [
          ['First', { undo: 'first' }],
          ['Second', undefined],
        ],
      ],
      ['First', { undo: 'first' }],
      ['Second', undefined],
    ]);
    expect(JSON.stringify(describeWorkflow(flow))).toContain('"noted"');
  });

  it('comes with what each child is, and what it runs after', async () => {
    let children: readonly Child[] = [];
    const kind: ContainerKind<object> = {
      name: 'seen',
      finish: (container) => {
        children = container.children;
        return undefined;
      },
    };
    const flow = workflow('Seen', (flow) => {
      container(
        flow,
        kind,
        'Seen',
        [],
        (inner) => {
          const first = inner.action('First', () => 1, { criticality: 'optional' });
          container(inner, kind, 'Second', [first], () => {}, {});
        },
        {},
      );
    });
    await start(flow, undefined, { runId: 'r' }).finished;

    expect(children).toMatchObject([
      {
        name: 'First',
        kind: 'action',
        criticality: 'optional',
        runAfter: [],
        successors: ['Second'],
        idempotencyKey: 'r/Seen/First',
        outputs: 1,
      },
      {
        name: 'Second',
        kind: 'seen',
        criticality: 'critical',
        runAfter: ['First'],
        successors: [],
      },
    ]);
  });
});

describe('the records that a kind sees in childEnded', () => {
  it('are those of children that have ended, and undefined for all others', async () => {
    const seen: string[] = [];
    const kind: ContainerKind<object> = {
      name: 'watching',
      childEnded: ({ children }, child) => {
        const statuses = children.map(({ name, record }) => {
          return `${name} ${record === undefined ? 'has no record' : record.status}`;
        });
        seen.push(`${child.name}: ${statuses.join(', ')}`);
      },
    };
    const flow = workflow('Watching', (flow) => {
      container(
        flow,
        kind,
        'Watching',
        [],
        (inner) => {
          const first = inner.action('First', boom);
          const second = inner.action('Second', [first], () => 1);
          inner.action('Third', [settled(second)], () => 2);
        },
        {},
      );
    });
    await start(flow, undefined).finished;

    expect(seen).toEqual([
      'First: First Failed, Second has no record, Third has no record',
      'Second: First Failed, Second Skipped, Third has no record',
      'Third: First Failed, Second Skipped, Third Succeeded',
    ]);
  });
});

describe('the facts of a running container', () => {
  it('are its path, keys, clock, options and state', async () => {
    const clock = virtualClock();
    let facts: Partial<Container<unknown, unknown>> = {};
    const kind: ContainerKind<{ readonly needed: number }, string> = {
      name: 'facts',
      initialState: ({ needed }) => `${needed} needed`,
      finish: ({ runId, path, idempotencyKey, clock, options, state, leafStatus }) => {
        facts = { runId, path, idempotencyKey, clock, options, state, leafStatus };
        return undefined;
      },
    };
    const flow = workflow('Facts', (flow) => {
      flow.scope('Scope', [], (scope) => {
        container(scope, kind, 'Facts', [], (inner) => void inner.action('Work', boom), {
          needed: 2,
          timeout: '1h',
        });
      });
    });
    await start(flow, undefined, { runId: 'r', clock }).finished;

    expect(facts).toEqual({
      runId: 'r',
      path: 'Scope/Facts',
      idempotencyKey: 'r/Scope/Facts',
      clock,
      options: { needed: 2 },
      state: '2 needed',
      leafStatus: 'Failed',
    });
    expect(clock.pending).toBe(0);
  });
});

describe('childCriticality', () => {
  const kind: ContainerKind<{ readonly strict: boolean }> = {
    name: 'lenient',
    childCriticality: ({ strict }) => (strict ? 'critical' : 'optional'),
  };
  const flowOf = (strict: boolean) =>
    workflow('Lenient', (flow) => {
      container(
        flow,
        kind,
        'Lenient',
        [],
        (inner) => {
          inner.action('Silent', boom);
          inner.action('Fine', () => 1, { criticality: 'critical' });
          inner.scope('Inside', [], (scope) => void scope.action('Deep', boom));
        },
        { strict },
      );
    });

  it.each([
    { strict: false, status: 'Succeeded', silent: 'optional' },
    { strict: true, status: 'Failed', silent: 'critical' },
  ])('of strict: $strict is what the own children are that say nothing', async (row) => {
    const flow = flowOf(row.strict);
    const run = start(flow, undefined, { clock: virtualClock() });

    expect((await run.finished).status).toBe(row.status);
    expect(run.result('Lenient')?.results).toMatchObject([
      { name: 'Silent', criticality: row.silent },
      { name: 'Fine', criticality: 'critical' },
      { name: 'Inside', criticality: row.silent, results: [{ criticality: 'critical' }] },
    ]);
    expect(describeWorkflow(flow).body.actions[0]).toMatchObject({
      body: { actions: [{ criticality: row.silent }, { criticality: 'critical' }, {}] },
    });
  });

  it('lets a body return only the result of what may have no output', () => {
    const lenient = { ...kind, childCriticality: () => 'important' as const };
    const define = () =>
      workflow('Lenient', (flow) => {
        container(flow, lenient, 'Lenient', [], (inner) => inner.action('A', () => 1), {
          strict: false,
        });
      });

    expect(define).toThrow(expect.objectContaining({ code: 'RETURN_NOT_CERTAIN' }));
  });
});

describe('check', () => {
  it('sees the body as describe() shows it', () => {
    const seen: unknown[] = [];
    const kind: ContainerKind<object> = { name: 'noted', check: ({ body }) => seen.push(body) };
    const flow = workflow('Noted', (flow) => {
      container(
        flow,
        kind,
        'Noted',
        [],
        (inner) => {
          const first = inner.action('First', () => 1);
          inner.forEach(
            'Loop',
            [first],
            () => [1],
            (each) => void each.action('Deep', () => 1),
            { keep: 'summary' },
          );
        },
        {},
      );
    });

    expect(seen).toEqual([(describeWorkflow(flow).body.actions[0] as { body: unknown }).body]);
  });
});
