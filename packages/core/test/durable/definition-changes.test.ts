/**
 * What of a definition is stored with a run, and what is told when it has changed.
 * @module
 */
import { describe, expect, it } from 'vitest';
import { container } from '../../src/container-kind-entry.ts';
import { defineWorkflow } from '../../src/definition/data-form/define-workflow.ts';
import { event } from '../../src/definition/event-type.ts';
import type { Flow } from '../../src/definition/flow.ts';
import { failed, settled } from '../../src/definition/handle.ts';
import { type WorkflowOptions, workflow } from '../../src/definition/workflow.ts';
import { changesBetween, DefinitionChangedError } from '../../src/durable/definition-changes.ts';
import { type DefinitionOutline, outlineOf } from '../../src/durable/definition-outline.ts';

const use = (): unknown => 1;

type Body = (flow: Flow<void>) => unknown;

function outline(body: Body, options?: WorkflowOptions): DefinitionOutline {
  const { definition } = workflow('W', (flow: Flow<void>) => void body(flow), options);
  // As it comes back from a store.
  return JSON.parse(JSON.stringify(outlineOf(definition))) as DefinitionOutline;
}

/** The sentences about what changed from one body to the other. */
function told(before: Body, after: Body): string[] {
  return changesBetween(outline(before), outline(after)).map(({ text }) => text);
}

/** One of everything, version 1 or 2 of its child workflow. */
function everything(version: string): Body {
  return (flow) => {
    const inner = workflow(
      'Inner',
      (flow: Flow<void>) => {
        flow.scope('Deep', [], (deep) => void deep.action('A', use));
        flow.waitFor('Pay', [], event('payment'), { timeout: '1h' });
      },
      { version },
    );
    const order = flow.action('Order', use);
    const mail = flow.action('Mail', [order], use);
    flow.action('Close', [order, settled(mail)], use);
    flow.action('Alert', [failed(mail)], use);
    flow.switch('Size', [], () => 'big', { big: (big) => void big.action('Ship', use) });
    container(flow, { name: 'saga' }, 'Undo', [], (saga) => void saga.action('A', use), {});
    flow.waitFor('Sign', [], event('approval'), { timeout: '1h', secure: { outputs: true } });
    flow.child('Sub', [], inner, () => undefined);
  };
}

describe('an outline', () => {
  it('has all actions with their kinds and runAfters, sorted, and the events', () => {
    const edge = (name: string, ...statuses: string[]) => ({ name, statuses });
    expect(outline(everything('2'), { version: '7' })).toEqual({
      version: '7',
      events: [
        { name: 'approval', secure: true },
        { name: 'payment', secure: false },
      ],
      nodes: [
        { path: 'Alert', kind: 'action', runAfter: [edge('Mail', 'Failed', 'TimedOut')] },
        {
          path: 'Close',
          kind: 'action',
          runAfter: [
            edge('Mail', 'Succeeded', 'Failed', 'Skipped', 'TimedOut'),
            edge('Order', 'Succeeded'),
          ],
        },
        { path: 'Mail', kind: 'action', runAfter: [edge('Order', 'Succeeded')] },
        { path: 'Order', kind: 'action', runAfter: [] },
        { path: 'Sign', kind: 'waitFor', of: 'approval', secureOutputs: true, runAfter: [] },
        { path: 'Size', kind: 'switch', runAfter: [] },
        { path: 'Size/big', kind: 'branch', runAfter: [] },
        { path: 'Size/big/Ship', kind: 'action', runAfter: [] },
        { path: 'Sub', kind: 'child', of: 'Inner', version: '2', runAfter: [] },
        { path: 'Sub/Deep', kind: 'scope', runAfter: [] },
        { path: 'Sub/Deep/A', kind: 'action', runAfter: [] },
        { path: 'Sub/Pay', kind: 'waitFor', of: 'payment', runAfter: [] },
        { path: 'Undo', kind: 'container', of: 'saga', runAfter: [] },
        { path: 'Undo/A', kind: 'action', runAfter: [] },
      ],
    });
  });

  it('is the same in whichever order the actions were written', () => {
    const first = outline((flow) => {
      const [a, b] = [flow.action('A', use), flow.action('B', use)];
      flow.action('C', [a, b], use);
    });
    const second = outline((flow) => {
      const [b, a] = [flow.action('B', use), flow.action('A', use)];
      flow.action('C', [b, a], () => 'other code');
    });
    expect(second).toEqual(first);
  });

  it('takes any name for an action', () => {
    const named = outline((flow) => void flow.action('__proto__', use));
    expect(named.nodes).toEqual([{ path: '__proto__', kind: 'action', runAfter: [] }]);
    expect(
      changesBetween(
        outline(() => {}),
        named,
      ),
    ).toMatchObject([{ text: '__proto__ was added' }]);
  });

  it('is that of the same workflow in the data form', () => {
    const data = defineWorkflow({
      name: 'W',
      actions: { B: { runAfter: { A: ['failed', 'Succeeded'] }, run: use }, A: { run: use } },
    });
    const edge = { name: 'A', statuses: ['Succeeded', 'Failed'] };
    expect(outlineOf(data.definition).nodes).toEqual([
      { path: 'A', kind: 'action', runAfter: [] },
      { path: 'B', kind: 'action', runAfter: [edge] },
    ]);
  });
});

describe('the changes between two definitions', () => {
  it('are none between the same', () => {
    expect(told(everything('1'), everything('1'))).toEqual([]);
  });

  it('name what was added and removed, with its kind of change and its path', () => {
    const before = outline((flow) => {
      flow.scope('Orders', [], (scope) => void scope.action('Print', use));
    });
    const after = outline((flow) => {
      flow.scope('Orders', [], (scope) => void scope.action('Mail', use));
    });
    expect(changesBetween(before, after)).toEqual([
      { kind: 'added', path: 'Orders/Mail', text: 'Orders/Mail was added' },
      { kind: 'removed', path: 'Orders/Print', text: 'Orders/Print was removed' },
    ]);
  });

  it('name a container once, not everything inside it', () => {
    const scope: Body = (flow) =>
      flow.scope('Orders', [], (scope) => {
        scope.scope('Inner', [], (inner) => void inner.action('Mail', use));
        scope.action('Print', use);
      });
    const beside: Body = (flow) => flow.action('Orders too', use);
    expect(told(beside, scope)).toEqual(['Orders was added', 'Orders too was removed']);
    const loop: Body = (flow) =>
      flow.forEach(
        'Orders',
        [],
        () => [1],
        (each) => void each.action('Other', use),
      );
    expect(told(scope, loop)).toEqual(['Orders is a forEach, was a scope']);
  });

  it('tell after what an action runs now, and before', () => {
    const before: Body = (flow) => {
      const [crm, mail] = [flow.action('Crm', use), flow.action('Mail', use)];
      flow.action('Close', [crm, mail], use);
    };
    const after: Body = (flow) => {
      const crm = flow.action('Crm', use);
      const mail = flow.action('Mail', [failed(crm)], use);
      void mail;
      flow.action('Close', [crm], use);
    };
    expect(told(before, after)).toEqual([
      'Close runs after [Crm Succeeded], was [Crm Succeeded, Mail Succeeded]',
      'Mail runs after [Crm Failed|TimedOut], was []',
    ]);
  });

  it('tell what something is now: its kind, its event, its workflow and the version of that', () => {
    const wait =
      (name: string): Body =>
      (flow) =>
        flow.waitFor('Step', [], event(name), { timeout: '1h' });
    const kind =
      (name: string): Body =>
      (flow) =>
        container(flow, { name }, 'Step', [], (inner) => void inner.action('A', use), {});
    expect(told(wait('approval'), wait('approved'))).toEqual([
      'Step is a waitFor of "approved", was a waitFor of "approval"',
    ]);
    expect(told(kind('saga'), kind('quorum'))).toEqual(['Step is a quorum, was a saga']);
    expect(
      told(kind('saga'), (flow) => {
        const before = flow.action('Before', use);
        flow.action('Step', [before], use);
      }),
    ).toEqual([
      'Before was added',
      'Step is an action, was a saga',
      'Step runs after [Before Succeeded], was []',
    ]);
    expect(told(everything('1'), everything('2'))).toEqual(['the version of Sub is 2, was 1']);
  });

  it('tell the version of the workflow, also one that came or went', () => {
    const version = (version?: string) =>
      outline(() => {}, version === undefined ? {} : { version });
    const text = (from: DefinitionOutline, to: DefinitionOutline) => changesBetween(from, to)[0];
    expect(text(version('1'), version('2'))).toEqual({
      kind: 'changed',
      path: '',
      text: 'the version is 2, was 1',
    });
    expect(text(version(), version('2'))?.text).toBe('the version is 2, was not set');
    expect(text(version('1'), version())?.text).toBe('the version is not set, was 1');
  });

  it('tell when the payload of an event is secure now, or is not any more', () => {
    const wait =
      (outputs: boolean): Body =>
      (flow) =>
        flow.waitFor('Sign', [], event('approval'), { timeout: '1h', secure: { outputs } });
    expect(told(wait(false), wait(true))).toEqual(['Sign hands over a secure value now']);
    expect(told(wait(true), wait(false))).toEqual(['Sign hands over no secure value any more']);
  });
});

describe('the error', () => {
  const changes = (count: number) =>
    changesBetween(
      outline(() => {}),
      outline((flow) => {
        for (let index = 0; index < count; index++) flow.action(`A${index}`, use);
      }),
    );

  it('says what changed and what to do', () => {
    const error = new DefinitionChangedError('run-7', changes(2));
    expect(error).toMatchObject({
      code: 'DEFINITION_CHANGED',
      runId: 'run-7',
      changes: changes(2),
    });
    expect(error.message).toBe(
      'Run "run-7" was started with another definition: A0 was added; A1 was added. Run the old ' +
        'version to its end, or resume with allowChanges: true: then added actions run, and removed ' +
        'ones stay in the record.',
    );
  });

  it('lists at most ten changes, but carries all', () => {
    const error = new DefinitionChangedError('run-7', changes(13));
    expect(error.message).toContain('; and 3 more. Run');
    expect(error.message.match(/was added/g)).toHaveLength(10);
    expect(error.changes).toHaveLength(13);
    expect(new DefinitionChangedError('run-7', changes(10)).message).not.toContain('more');
  });
});
