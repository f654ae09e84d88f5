/**
 * A definition as JSON, in full: what pictures, lint and exports rely on.
 * @module
 */
import { concurrencyLimiter, exponential, fixed } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type ContainerKind, container } from '../../src/container-kind-entry.ts';
import { describe as describeWorkflow } from '../../src/definition/describe.ts';
import { event } from '../../src/definition/event-type.ts';
import type { Flow } from '../../src/definition/flow.ts';
import { failed, settled } from '../../src/definition/handle.ts';
import { workflow } from '../../src/definition/workflow.ts';
import { SettableLimiter } from '../engine/settable-limiter.ts';

const common = {
  runAfter: [],
  inputs: [],
  criticality: 'critical',
  secure: { inputs: false, outputs: false },
};

/** The description of the only action of a workflow. */
function described(body: (flow: Flow<number[]>) => unknown): unknown {
  return describeWorkflow(workflow('One', (flow: Flow<number[]>) => void body(flow))).body
    .actions[0];
}

describe('a description', () => {
  it('of a workflow has its options in effect, its actions, edges and output', () => {
    function findStock() {
      return 1;
    }
    const defined = workflow(
      'Fulfil',
      (flow: Flow<void>) => {
        const stock = flow.action('Stock', findStock, { timeout: '90s' });
        const chat = flow.action('Chat', [stock], () => 1, { criticality: 'optional' });
        flow.action('Repair', [failed(stock)], () => 1, { secure: { inputs: true } });
        return flow.action('Close', [stock, settled(chat)], () => 1);
      },
      { version: '2', timeout: '1h', maxConcurrentActions: 8 },
    );
    expect(describeWorkflow(defined)).toEqual({
      name: 'Fulfil',
      version: '2',
      timeout: { ms: 3_600_000, text: '1h' },
      maxConcurrentActions: 8,
      grace: { ms: 5_000, text: '5s' },
      events: [],
      body: {
        actions: [
          {
            kind: 'action',
            name: 'Stock',
            path: 'Stock',
            ...common,
            timeout: { ms: 90_000, text: '1m 30s' },
            run: 'findStock',
          },
          {
            kind: 'action',
            name: 'Chat',
            path: 'Chat',
            ...common,
            runAfter: [{ name: 'Stock', statuses: ['Succeeded'] }],
            inputs: [{ from: 'outputs', of: 'Stock' }],
            criticality: 'optional',
            run: 'anonymous',
          },
          {
            kind: 'action',
            name: 'Repair',
            path: 'Repair',
            ...common,
            runAfter: [{ name: 'Stock', statuses: ['Failed', 'TimedOut'] }],
            inputs: [{ from: 'result', of: 'Stock' }],
            secure: { inputs: true, outputs: false },
            run: 'anonymous',
          },
          {
            kind: 'action',
            name: 'Close',
            path: 'Close',
            ...common,
            runAfter: [
              { name: 'Stock', statuses: ['Succeeded'] },
              { name: 'Chat', statuses: ['Succeeded', 'Failed', 'Skipped', 'TimedOut'] },
            ],
            inputs: [
              { from: 'outputs', of: 'Stock' },
              { from: 'result', of: 'Chat' },
            ],
            run: 'anonymous',
          },
        ],
        output: { from: 'outputs', of: 'Close' },
      },
    });
  });

  it('of an action has its retry policy in effect, its trimming, and its limiters by number', () => {
    const shared = concurrencyLimiter(2);
    const own = concurrencyLimiter(1);
    const defined = workflow('Limits', (flow: Flow<void>) => {
      flow.scope(
        'Scope',
        [],
        (scope) => {
          scope.action('Both', () => ({ id: 1 }), {
            limiter: own,
            retry: exponential({ count: 4, interval: '7.5s', minimum: '5s', maximum: '45s' }),
            select: ({ id }) => id,
            payloadLimit: 1_000,
          });
        },
        { limiter: shared },
      );
      flow.action('Own', () => 1, {
        limiter: own,
        retry: fixed({
          count: Number.POSITIVE_INFINITY,
          interval: '1s',
          totalTime: '1m',
          when: function isBusy() {
            return true;
          },
        }),
      });
      flow.action('Shared', () => 1, { limiter: shared });
    });
    const [scope, ownAction, sharedAction] = describeWorkflow(defined).body.actions;
    const both = scope?.kind === 'scope' ? scope.body.actions[0] : undefined;
    expect(both).toEqual({
      kind: 'action',
      name: 'Both',
      path: 'Scope/Both',
      ...common,
      run: 'anonymous',
      retry: {
        type: 'exponential',
        count: 4,
        interval: { ms: 7_500, text: '7.5s' },
        minimum: { ms: 5_000, text: '5s' },
        maximum: { ms: 45_000, text: '45s' },
      },
      select: 'anonymous',
      payloadLimit: 1_000,
      limiters: [1, 2],
    });
    expect(ownAction).toMatchObject({
      limiters: [2],
      retry: {
        type: 'fixed',
        count: 'unbounded',
        interval: { ms: 1_000, text: '1s' },
        jitter: 0,
        totalTime: { ms: 60_000, text: '1m' },
        when: 'isBusy',
      },
    });
    expect(sharedAction).toMatchObject({ limiters: [1] });
  });

  it('of a loop has its window, and its look-ahead where it has keys', () => {
    const byCustomer = (item: number) => item;
    expect(
      described((flow) =>
        flow.forEach(
          'Loop',
          [],
          (_, { input }) => input,
          (each) => each.item,
          {
            key: byCustomer,
            concurrency: 5,
            keep: 'failures',
          },
        ),
      ),
    ).toEqual({
      kind: 'forEach',
      name: 'Loop',
      path: 'Loop',
      ...common,
      items: 'anonymous',
      concurrency: 5,
      keep: 'failures',
      key: 'byCustomer',
      lookAhead: 20,
      body: { actions: [], output: { from: 'item' } },
    });
    expect(
      described((flow) =>
        flow.forEach(
          'Loop',
          [],
          (_, { input }) => input,
          () => undefined,
          {
            concurrency: Number.POSITIVE_INFINITY,
          },
        ),
      ),
    ).toEqual({
      kind: 'forEach',
      name: 'Loop',
      path: 'Loop',
      ...common,
      items: 'anonymous',
      concurrency: 'unbounded',
      keep: 'all',
      body: { actions: [] },
    });
  });

  it('of an adaptive loop has the number of its limiter, which its actions have too', () => {
    const service = new SettableLimiter(8, 50);
    const defined = workflow('Adaptive', (flow: Flow<number[]>) => {
      flow.forEach(
        'Loop',
        [],
        (_, { input }) => input,
        (each) => {
          each.action('Call', ({ item }) => item);
        },
        { concurrency: service, key: (item) => item % 2 },
      );
      flow.action('Other', () => 1, { limiter: concurrencyLimiter(1) });
    });

    expect(describeWorkflow(defined).body.actions).toMatchObject([
      {
        concurrency: { limiter: 1, max: 50 },
        lookAhead: 200,
        body: { actions: [{ name: 'Call', limiters: [1] }] },
      },
      { name: 'Other', limiters: [2] },
    ]);
  });

  it('of conditions and switches has their branches', () => {
    expect(
      described((flow) =>
        flow.condition('Paid', [], () => true, {
          then: (branch) => branch.action('Ship', () => 1),
          else: () => undefined,
        }),
      ),
    ).toEqual({
      kind: 'condition',
      name: 'Paid',
      path: 'Paid',
      ...common,
      test: 'anonymous',
      branches: [
        {
          name: 'then',
          path: 'Paid/then',
          body: {
            actions: [
              {
                kind: 'action',
                name: 'Ship',
                path: 'Paid/then/Ship',
                ...common,
                run: 'anonymous',
              },
            ],
            output: { from: 'outputs', of: 'Ship' },
          },
        },
        { name: 'else', path: 'Paid/else', body: { actions: [] } },
      ],
    });
    expect(
      described((flow) =>
        flow.switch('Route', [], () => 'a', { a: () => undefined, default: () => undefined }),
      ),
    ).toMatchObject({ kind: 'switch', choose: 'anonymous', otherwise: 'default' });
  });

  it('of an until, a child, a delay, a wait and a terminate has what each of them does', () => {
    const inner = workflow('Inner', () => {}, { version: '7' });
    const defined = workflow('Kinds', (flow: Flow<void>) => {
      const poll = flow.until(
        'Poll',
        [],
        () => 0,
        (round) => round.state,
        () => true,
      );
      flow.child('Sub', [poll], inner, () => undefined);
      flow.delay('Fixed', [], '2m');
      flow.delay('Computed', [], function untilMonday() {
        return 5;
      });
      flow.waitFor('Approval', [], event('approval'), { timeout: '7d', correlate: () => '1' });
      flow.terminate('Stop', [], 'Cancelled', { code: 'NO_STOCK', message: 'Sold out.' });
    });
    const { actions, output } = describeWorkflow(defined).body;
    expect(output).toBeUndefined();
    expect(describeWorkflow(defined).events).toEqual(['approval']);
    expect(actions).toMatchObject([
      {
        kind: 'until',
        timeout: { ms: 3_600_000, text: '1h' },
        initial: 'anonymous',
        done: 'anonymous',
        maxIterations: 60,
        onLimit: 'fail',
        body: { actions: [], output: { from: 'state' } },
      },
      { kind: 'child', workflow: 'Inner', version: '7', input: 'anonymous' },
      { kind: 'delay', duration: { ms: 120_000, text: '2m' } },
      { kind: 'delay', duration: 'untilMonday' },
      {
        kind: 'waitFor',
        event: 'approval',
        correlate: 'anonymous',
        timeout: { ms: 604_800_000, text: '7d' },
      },
      { kind: 'terminate', status: 'Cancelled', code: 'NO_STOCK', message: 'Sold out.' },
    ]);
  });

  it('of a foreign container has the options of its kind as far as they are plain data', () => {
    class Connection {
      readonly password = 'secret';
    }
    interface Options {
      readonly needed: number;
      readonly vote: () => boolean;
      readonly limits: { readonly most: number; readonly deep: object };
      readonly connection: Connection;
    }
    const kind: ContainerKind<Options> = { name: 'quorum' };
    const text = JSON.stringify(
      described((flow) =>
        container(flow, kind, 'Vote', [], () => undefined, {
          needed: 2,
          vote: function agrees() {
            return true;
          },
          limits: { most: Number.POSITIVE_INFINITY, deep: { list: [1n] } },
          connection: new Connection(),
          timeout: '1s',
        }),
      ),
    );
    expect(JSON.parse(text)).toEqual({
      kind: 'container',
      name: 'Vote',
      path: 'Vote',
      ...common,
      timeout: { ms: 1_000, text: '1s' },
      container: 'quorum',
      options: {
        needed: 2,
        vote: 'agrees',
        limits: { most: 'Infinity', deep: { list: ['1'] } },
        connection: 'Connection',
      },
      body: { actions: [] },
    });
  });

  it('is refused for what is not a workflow', () => {
    expect(() => describeWorkflow({ name: 'Fulfil' } as never)).toThrow(
      expect.objectContaining({ code: 'WORKFLOW_INVALID' }),
    );
  });
});
