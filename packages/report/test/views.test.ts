/**
 * What is drawn of a run: nodes with their figures, executions, and what is left out.
 * @module
 */
import { memoryRunStore, settled, snapshot } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { readView, viewOf } from '../src/index.ts';
import { runOf, second } from './runs-in-virtual-time.ts';

describe('a node of a view', () => {
  it('has what it runs after by address, and how its executions went', async () => {
    const run = await runOf((flow, { takes }) => {
      flow.forEach(
        'Orders',
        [],
        () => Array.from({ length: 20 }, (_, index) => index + 1),
        (each) => {
          const read = each.action('Read', async ({ item }) => {
            await takes(item)();
            if (item === 20) throw new Error('twenty');
          });
          each.action('Mail', [settled(read)], () => undefined, { criticality: 'optional' });
          each.action('Archive', [read], () => undefined);
        },
        { concurrency: 4 },
      );
    });

    const { nodes } = viewOf(run);

    expect(nodes.map(({ address }) => address)).toEqual([
      'Orders',
      'Orders/Read',
      'Orders/Mail',
      'Orders/Archive',
    ]);
    expect(nodes[0]).toMatchObject({ kind: 'forEach', container: '', concurrency: 4 });
    expect(nodes[1]).toEqual({
      address: 'Orders/Read',
      name: 'Read',
      kind: 'action',
      container: 'Orders',
      runAfter: [],
      criticality: 'critical',
      counts: { Succeeded: 19, Failed: 1 },
      busy: 210 * second,
      median: 10 * second,
      p95: 19 * second,
    });
    expect(nodes[2]).toMatchObject({
      criticality: 'optional',
      runAfter: [
        { address: 'Orders/Read', statuses: ['Succeeded', 'Failed', 'Skipped', 'TimedOut'] },
      ],
    });
    expect(nodes[3]).toMatchObject({ counts: { Succeeded: 19, Skipped: 1 }, busy: 0 });
  });
});

describe('a view with too many executions', () => {
  it('shows what matters, with what is around it, and counts the others', async () => {
    const items = Array.from({ length: 100 }, (_, index) => index);
    const run = await runOf((flow, { takes }) => {
      const loop = flow.forEach(
        'L',
        [],
        () => items,
        (each) =>
          each.action('Work', async ({ item }) => {
            await takes(item === 42 ? 9 : 1)();
            if (item === 7) throw new Error('seven');
          }),
        { concurrency: 10 },
      );
      flow.action('After', [settled(loop)], takes(1));
    });

    const whole = viewOf(run);
    const view = viewOf(run, { maxExecutions: 40 });

    expect(view.analysis).toEqual(whole.analysis);
    expect(view.nodes).toEqual(whole.nodes);
    expect(view.executions).toHaveLength(40);
    expect(view.left).toBe(whole.executions.length - 40);
    const paths = new Set(view.executions.map(({ path }) => path));
    const first = ['L', 'L[7]', 'L[7]/Work', 'L[42]/Work', 'After', ...view.analysis.criticalPath];
    for (const path of [...first, ...view.why.chain]) expect(paths).toContain(path);
    for (const { path } of view.executions.filter(({ kind }) => kind === 'action')) {
      if (path !== 'After') expect(paths).toContain(path.slice(0, path.indexOf('/')));
    }
  });

  it('of a store has the iterations that tell most', async () => {
    const store = memoryRunStore();
    await runOf(
      (flow, { takes }) => {
        const items = Array.from({ length: 50 }, (_, index) => index);
        const work = ({ item }: { item: number }) => takes(item === 42 ? 9 : 1)();
        flow.forEach(
          'L',
          [],
          () => items,
          (each) => each.action('Work', work),
        );
      },
      { store },
    );

    const view = await readView(store, 'r', { maxIterations: 2 });

    expect(view.executions.map(({ path }) => path)).toContain('L[42]/Work');
    expect(view.left).toBe(48);
    expect(view.analysis.makespan).toBe(58 * second);
  });
});

it('a view has the sizes of outputs as JSON, but for those that are secure', async () => {
  const store = memoryRunStore();
  const run = await runOf(
    (flow) => {
      flow.action('Plain', () => ({ text: 'ä' }));
      flow.action('Secret', () => 'hunter2', { secure: { outputs: true } });
      flow.action('Nothing', () => undefined);
    },
    { store },
  );

  for (const view of [viewOf(run), await readView(store, 'r')]) {
    expect(view.executions.map(({ path, payloadBytes }) => [path, payloadBytes])).toEqual([
      ['Plain', 13],
      ['Secret', undefined],
      ['Nothing', 0],
    ]);
  }
  const [execution] = viewOf(run, { payloads: false }).executions;
  expect(execution?.payloadBytes).toBeUndefined();
});

it('a view is made of a snapshot just as of a run', async () => {
  const run = await runOf((flow, { takes }) => void flow.action('A', takes(1)));

  expect(viewOf(snapshot(run, { payloads: true }))).toEqual(viewOf(run));
});

it('a view has no secret, and no other value that the run works on', async () => {
  const store = memoryRunStore();
  const secure = { secure: { inputs: true, outputs: true } };
  const run = await runOf(
    (flow, { takes }) => {
      const login = flow.action('Login', async () => 'hunter2', { secure: { outputs: true } });
      const refuse = async (value: unknown) => {
        await takes(1)();
        throw Object.assign(new Error(`Refused: ${String(value)}`), { code: String(value) });
      };
      flow.action('Quotes', [login], ([token]) => refuse(token));
      flow.action('Plain', () => 'an output');
      flow.forEach(
        'L',
        [login],
        ([token]) => [token],
        (each) => each.action('Each', ({ item }) => refuse(item), secure),
      );
    },
    { store, cipher: { encrypt: (text) => btoa(text), decrypt: (text) => atob(text) } },
  );

  for (const view of [viewOf(run), await readView(store, 'r')]) {
    expect(view.executions.filter(({ error }) => error !== undefined)).not.toEqual([]);
    expect(JSON.stringify(view)).not.toMatch(/hunter2|an output/);
  }
});
