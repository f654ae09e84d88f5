/**
 * Malformed definitions in the data form. What handles cannot get wrong is here: unknown names,
 * circles, runAfters that cross a scope's border.
 * @module
 */
import { describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../src/definition/data-form/define-workflow.ts';
import { event } from '../../src/definition/event-type.ts';
import { workflow } from '../../src/definition/workflow.ts';
import { expectRefusal, type Refusal } from './refusal.ts';

// biome-ignore lint/suspicious/noExplicitAny: what must be refused does not compile.
type Untyped = any;

const run = () => 1;
const after = (...names: string[]) => ({
  runAfter: Object.fromEntries(names.map((name) => [name, ['Succeeded']])),
  run,
});

/** A workflow called Orders with these actions. */
function orders(actions: Untyped, more?: Untyped): () => unknown {
  return () => defineWorkflow({ name: 'Orders', actions, ...more });
}

const shapes: readonly Refusal[] = [
  {
    what: 'a definition that is missing',
    code: 'DEFINITION_INVALID',
    names: ['the definition', 'undefined', 'actions'],
    define: () => defineWorkflow(undefined as Untyped),
  },
  {
    what: 'a definition without a name',
    code: 'NAME_INVALID',
    names: ['workflow', 'undefined'],
    define: () => defineWorkflow({ actions: {} } as Untyped),
  },
  {
    what: 'a definition without actions',
    code: 'DEFINITION_INVALID',
    names: ['workflow "Orders"', 'actions', 'undefined'],
    define: () => defineWorkflow({ name: 'Orders' } as Untyped),
  },
  {
    what: 'actions in an array',
    code: 'DEFINITION_INVALID',
    names: ['actions', 'an array'],
    define: orders([{ name: 'Mail', run }]),
  },
  {
    what: 'a property of the workflow that does not exist',
    code: 'OPTION_UNKNOWN',
    names: ['"action"', 'Did you mean "actions"?'],
    define: () => defineWorkflow({ name: 'Orders', action: {}, actions: {} } as Untyped),
  },
  {
    what: 'an option of the workflow with a wrong value',
    code: 'OPTION_INVALID',
    names: ['timeout', '"1 week"'],
    define: orders({}, { timeout: '1 week' }),
  },
  {
    what: 'an action that is only a function',
    code: 'DEFINITION_INVALID',
    path: 'Mail',
    names: ['a function', 'run: (context)'],
    define: orders({ Mail: run }),
  },
  {
    what: 'an action without run',
    code: 'FUNCTION_MISSING',
    path: 'Mail',
    names: ['run', 'undefined'],
    define: orders({ Mail: {} }),
  },
  {
    what: 'a type that does not exist',
    code: 'TYPE_UNKNOWN',
    path: 'Mail',
    names: ['"forEch"', 'Did you mean "forEach"?'],
    define: orders({ Mail: { type: 'forEch' } }),
  },
  {
    what: 'a type that is not a text',
    code: 'TYPE_UNKNOWN',
    path: 'Mail',
    names: ['7', 'terminate'],
    define: orders({ Mail: { type: 7 } }),
  },
  {
    what: 'a property in the wrong case',
    code: 'OPTION_UNKNOWN',
    path: 'Mail',
    names: ['"runafter"', 'Did you mean "runAfter"?'],
    define: orders({ Mail: { runafter: {}, run } }),
  },
  {
    what: 'a property of another type',
    code: 'OPTION_UNKNOWN',
    path: 'Notify',
    names: ['scope "Notify"', '"run"'],
    define: orders({ Notify: { type: 'Scope', actions: {}, run } }),
  },
  {
    what: 'an option with a wrong value, deep inside',
    code: 'OPTION_INVALID',
    path: 'Notify/Each/Mail',
    names: ['payloadLimit', '-5'],
    define: orders({
      Notify: {
        type: 'Scope',
        actions: {
          Each: {
            type: 'Foreach',
            items: run,
            actions: { Mail: { run, payloadLimit: -5 } },
          },
        },
      },
    }),
  },
  {
    what: 'a name with a slash',
    code: 'NAME_INVALID',
    names: ['"a/b"'],
    define: orders({ 'a/b': { run } }),
  },
  {
    what: 'a scope without actions',
    code: 'DEFINITION_INVALID',
    path: 'Notify',
    names: ['actions', 'undefined'],
    define: orders({ Notify: { type: 'Scope' } }),
  },
  {
    what: 'a loop without items',
    code: 'FUNCTION_MISSING',
    path: 'Each',
    names: ['items'],
    define: orders({ Each: { type: 'Foreach', actions: {} } }),
  },
  {
    what: 'a condition without then',
    code: 'BRANCH_MISSING',
    path: 'Paid',
    names: ['then'],
    define: orders({ Paid: { type: 'If', test: run } }),
  },
  {
    what: 'a branch that is a list',
    code: 'DEFINITION_INVALID',
    path: 'Paid',
    names: ['branch then', 'an empty array'],
    define: orders({ Paid: { type: 'If', test: run, then: [] } }),
  },
  {
    what: 'actions right inside a branch',
    code: 'OPTION_UNKNOWN',
    path: 'Paid',
    names: ['branch then', '"Mail"', 'actions'],
    define: orders({ Paid: { type: 'If', test: run, then: { Mail: { run } } } }),
  },
  {
    what: 'a switch without cases',
    code: 'BRANCH_MISSING',
    path: 'Route',
    names: ['no cases'],
    define: orders({ Route: { type: 'switch', on: run } }),
  },
  {
    what: 'a switch with its cases in an array',
    code: 'DEFINITION_INVALID',
    path: 'Route',
    names: ['cases', 'an empty array'],
    define: orders({ Route: { type: 'switch', on: run, cases: [] } }),
  },
  {
    what: 'a switch with two defaults',
    code: 'NAME_DUPLICATE',
    path: 'Route',
    names: ['"default"'],
    define: orders({
      Route: {
        type: 'switch',
        on: run,
        cases: { default: { actions: {} } },
        default: { actions: {} },
      },
    }),
  },
  {
    what: 'an until without done',
    code: 'FUNCTION_MISSING',
    path: 'Poll',
    names: ['done'],
    define: orders({ Poll: { type: 'until', actions: {} } }),
  },
  {
    what: 'a child that is only named',
    code: 'WORKFLOW_INVALID',
    path: 'Sub',
    names: ['"Child"'],
    define: orders({ Sub: { type: 'Workflow', workflow: 'Child', input: run } }),
  },
  {
    what: 'a wait without a duration',
    code: 'OPTION_INVALID',
    path: 'Pause',
    names: ['duration', 'undefined'],
    define: orders({ Pause: { type: 'Wait' } }),
  },
  {
    what: 'an event that is only named',
    code: 'EVENT_INVALID',
    path: 'Approval',
    names: ['"approval"'],
    define: orders({ Approval: { type: 'waitFor', event: 'approval' } }),
  },
  {
    what: 'a terminate with an unknown status',
    code: 'OPTION_INVALID',
    path: 'Stop',
    names: ['"Done"'],
    define: orders({ Stop: { type: 'terminate', status: 'Done' } }),
  },
  {
    what: 'a terminate in a loop',
    code: 'TERMINATE_IN_LOOP',
    path: 'Each/Stop',
    names: ['after the loop'],
    define: orders({
      Each: {
        type: 'Foreach',
        items: run,
        actions: { Stop: { type: 'terminate', status: 'Failed' } },
      },
    }),
  },
  {
    what: 'a definition that contains itself',
    code: 'NESTING_TOO_DEEP',
    names: ['contain itself'],
    define: () => {
      const endless: Untyped = { type: 'Scope', actions: {} };
      endless.actions.Again = endless;
      return orders({ Again: endless })();
    },
  },
];

const edges: readonly Refusal[] = [
  {
    what: 'a runAfter in an array',
    code: 'RUN_AFTER_INVALID',
    path: 'Mail',
    names: ['an array', "{ Stock: ['Succeeded'] }"],
    define: orders({ Stock: { run }, Mail: { runAfter: ['Stock'], run } }),
  },
  {
    what: 'a runAfter that is a name',
    code: 'RUN_AFTER_INVALID',
    path: 'Mail',
    names: ['"Stock"'],
    define: orders({ Stock: { run }, Mail: { runAfter: 'Stock', run } }),
  },
  {
    what: 'an empty list of statuses',
    code: 'RUN_AFTER_STATUS',
    path: 'Mail',
    names: ['an empty array', '"Stock"', "['Succeeded']"],
    define: orders({ Stock: { run }, Mail: { runAfter: { Stock: [] }, run } }),
  },
  {
    what: 'a status outside a list',
    code: 'RUN_AFTER_STATUS',
    path: 'Mail',
    names: ['"Succeeded"', 'in an array'],
    define: orders({ Stock: { run }, Mail: { runAfter: { Stock: 'Succeeded' }, run } }),
  },
  {
    what: 'an unknown status',
    code: 'RUN_AFTER_STATUS',
    path: 'Mail',
    names: ['"Suceeded"', 'Did you mean "Succeeded"?'],
    define: orders({ Stock: { run }, Mail: { runAfter: { Stock: ['Suceeded'] }, run } }),
  },
  {
    what: 'a status that every object has',
    code: 'RUN_AFTER_STATUS',
    path: 'Mail',
    names: ['"constructor"'],
    define: orders({ Stock: { run }, Mail: { runAfter: { Stock: ['constructor'] }, run } }),
  },
  {
    what: 'the status Cancelled',
    code: 'RUN_AFTER_STATUS',
    path: 'Mail',
    names: ['"CANCELLED"', 'nothing runs after what was cancelled'],
    define: orders({ Stock: { run }, Mail: { runAfter: { Stock: ['CANCELLED'] }, run } }),
  },
  {
    what: 'a name that does not exist',
    code: 'RUN_AFTER_UNKNOWN',
    path: 'Mail',
    names: ['"Stok"', 'workflow "Orders"', 'Did you mean "Stock"?'],
    define: orders({ Stock: { run }, Mail: after('Stok') }),
  },
  {
    what: 'a name that every object has',
    code: 'RUN_AFTER_UNKNOWN',
    path: 'Mail',
    names: ['"toString"'],
    define: orders({ Mail: after('toString') }),
  },
  {
    what: 'an action that runs after itself',
    code: 'RUN_AFTER_SELF',
    path: 'Mail',
    names: ['"Mail"', 'itself', 'until'],
    define: orders({ Mail: after('Mail') }),
  },
  {
    what: 'a circle of two',
    code: 'RUN_AFTER_CYCLE',
    path: 'A',
    names: ['A → B → A', '"B" from the runAfter of "A"'],
    define: orders({ A: after('B'), B: after('A') }),
  },
  {
    what: 'a circle of three, in the order in which they would run',
    code: 'RUN_AFTER_CYCLE',
    path: 'A',
    names: ['A → B → C → A'],
    define: orders({ A: after('C'), B: after('A'), C: after('B') }),
  },
  {
    what: 'a circle behind actions that are not part of it',
    code: 'RUN_AFTER_CYCLE',
    path: 'Pay',
    names: ['Pay → Ship → Pay'],
    define: orders({
      Start: { run },
      End: after('Ship'),
      Pay: after('Start', 'Ship'),
      Ship: after('Pay'),
    }),
  },
  {
    what: 'a circle in a scope',
    code: 'RUN_AFTER_CYCLE',
    path: 'Notify/A',
    names: ['A → B → A'],
    define: orders({ Notify: { type: 'Scope', actions: { A: after('B'), B: after('A') } } }),
  },
  {
    what: 'a runAfter out of a scope',
    code: 'RUN_AFTER_CROSSES_SCOPE',
    path: 'Notify/Mail',
    names: ['scope "Notify"', 'at "Stock"', 'Let "Notify" run after "Stock"', 'outputs("Stock")'],
    define: orders({
      Stock: { run },
      Notify: { type: 'Scope', actions: { Mail: after('Stock') } },
    }),
  },
  {
    what: 'a runAfter out of two scopes, naming the one to change',
    code: 'RUN_AFTER_CROSSES_SCOPE',
    path: 'Outer/Inner/Mail',
    names: ['at "Outer/Stock"', 'Let "Inner" run after "Stock"'],
    define: orders({
      Outer: {
        type: 'Scope',
        actions: {
          Stock: { run },
          Inner: { type: 'Scope', actions: { Mail: after('Stock') } },
        },
      },
    }),
  },
  {
    what: 'a runAfter into a scope',
    code: 'RUN_AFTER_CROSSES_SCOPE',
    path: 'Close',
    names: ['at "Notify/Mail"', 'Run after "Notify"'],
    define: orders({
      Notify: { type: 'Scope', actions: { Mail: { run } } },
      Close: after('Mail'),
    }),
  },
  {
    what: 'a runAfter into a case',
    code: 'RUN_AFTER_CROSSES_SCOPE',
    path: 'Close',
    names: ['at "Route/big/Crate"', 'Run after "Route"'],
    define: orders({
      Route: { type: 'switch', on: run, cases: { big: { actions: { Crate: { run } } } } },
      Close: after('Crate'),
    }),
  },
  {
    what: 'a runAfter from one branch into the other',
    code: 'RUN_AFTER_CROSSES_SCOPE',
    path: 'Paid/else/Remind',
    names: ['branch "Paid/else"', 'at "Paid/then/Ship"', 'Only actions of the same container'],
    define: orders({
      Paid: {
        type: 'If',
        test: run,
        then: { actions: { Ship: { run } } },
        else: { actions: { Remind: after('Ship') } },
      },
    }),
  },
  {
    what: 'a runAfter that names the scope around it',
    code: 'RUN_AFTER_CROSSES_SCOPE',
    path: 'Notify/Mail',
    names: ['"Notify" is around it'],
    define: orders({ Notify: { type: 'Scope', actions: { Mail: after('Notify') } } }),
  },
  {
    what: 'a runAfter that names a terminate',
    code: 'RUN_AFTER_TERMINATE',
    path: 'Mail',
    names: ['"Stop"', 'ends the whole run'],
    define: orders({ Stop: { type: 'terminate', status: 'Failed' }, Mail: after('Stop') }),
  },
];

const outputs: readonly Refusal[] = [
  {
    what: 'an output that does not exist',
    code: 'RETURN_INVALID',
    names: ['"Clos"', 'Did you mean "Close"?'],
    define: orders({ Close: { run } }, { output: 'Clos' }),
  },
  {
    what: 'an output that is a function',
    code: 'RETURN_INVALID',
    names: ['a function', '{ settled: name }'],
    define: orders({ Close: { run } }, { output: run }),
  },
  {
    what: 'an output of a terminate',
    code: 'RETURN_INVALID',
    names: ['"Stop"', 'a terminate'],
    define: orders({ Stop: { type: 'terminate', status: 'Failed' } }, { output: 'Stop' }),
  },
  {
    what: 'an output that may not exist',
    code: 'RETURN_NOT_CERTAIN',
    names: ['Repair', 'skipped when Stock succeeds'],
    define: orders(
      { Stock: { run }, Repair: { runAfter: { Stock: ['Failed'] }, run } },
      { output: 'Repair' },
    ),
  },
  {
    what: 'an output of a scope that may not exist',
    code: 'RETURN_NOT_CERTAIN',
    path: 'Notify',
    names: ['Mail', 'important'],
    define: orders({
      Notify: {
        type: 'Scope',
        actions: { Mail: { run, criticality: 'important' } },
        output: 'Mail',
      },
    }),
  },
];

describe.each([
  ['shape', shapes],
  ['runAfters', edges],
  ['outputs', outputs],
] as const)('a definition as data, its %s', (_, refusals) => {
  it.each(refusals)('refuses $what', (refusal) => {
    expectRefusal(refusal);
  });
});

describe('a definition as data', () => {
  it('takes types and statuses in any case, and the names that exports use for them', () => {
    const child = workflow('Child', () => {});
    const actions = { X: { run } };
    const defined = defineWorkflow({
      name: 'Orders',
      actions: {
        A: { type: 'ACTION', run },
        Loop: {
          type: 'Foreach',
          runAfter: { A: ['SUCCEEDED', 'timedout'] },
          items: () => [],
          actions,
        },
        Group: { type: 'scope', runAfter: { A: ['failed'] }, actions },
        Test: { type: 'If', test: () => true, then: { actions } },
        Pause: { type: 'Wait', duration: '1s' },
        Sub: { type: 'Workflow', workflow: child, input: () => undefined },
        Ask: { type: 'WAITFOR', event: event('approval') },
        Stop: { type: 'Terminate', runAfter: { Ask: ['Timedout'] }, status: 'FAILED' },
      },
    });
    const { nodes } = defined.definition.body;
    expect(nodes.map(({ name, kind }) => [name, kind])).toEqual([
      ['A', 'action'],
      ['Loop', 'forEach'],
      ['Group', 'scope'],
      ['Test', 'condition'],
      ['Pause', 'delay'],
      ['Sub', 'child'],
      ['Ask', 'waitFor'],
      ['Stop', 'terminate'],
    ]);
    expect(nodes[7]).toMatchObject({ status: 'Failed' });
  });
});
