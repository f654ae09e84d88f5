/**
 * Malformed definitions, written with handles. Most of them do not compile either; the builder is
 * used untyped here, as JavaScript would.
 * @module
 */
import { concurrencyLimiter } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type ContainerKind, container, setMetadata } from '../../src/container-kind-entry.ts';
import { DefinitionError } from '../../src/definition/definition-error.ts';
import { event } from '../../src/definition/event-type.ts';
import { failed, on, settled } from '../../src/definition/handle.ts';
import { workflow } from '../../src/definition/workflow.ts';
import { SettableLimiter } from '../engine/settable-limiter.ts';
import { expectRefusal, type Refusal } from './refusal.ts';

// biome-ignore lint/suspicious/noExplicitAny: what must be refused does not compile.
type Untyped = any;

const one = () => 1;

/** A workflow called Orders with this body. */
function orders(body: (flow: Untyped) => unknown, options?: Untyped): () => unknown {
  return () => workflow('Orders', body as Untyped, options);
}

/** A workflow with a single action Mail that has these options. */
function mailWith(options: Untyped): () => unknown {
  return orders((flow) => flow.action('Mail', one, options));
}

/** A workflow with a loop Each that has these options. */
function loopWith(options: Untyped): () => unknown {
  return orders((flow) =>
    flow.forEach(
      'Each',
      [],
      () => [1],
      () => undefined,
      options,
    ),
  );
}

const child = workflow('Child', () => {});

const names: readonly Refusal[] = [
  {
    what: 'an empty name of a workflow',
    code: 'NAME_INVALID',
    names: ['workflow', 'empty'],
    define: () => workflow('', () => {}),
  },
  {
    what: 'a workflow name that is not a string',
    code: 'NAME_INVALID',
    names: ['7', 'not a string'],
    define: () => workflow(7 as Untyped, () => {}),
  },
  {
    what: 'an empty name',
    code: 'NAME_INVALID',
    names: ['workflow "Orders"', '""', 'empty'],
    define: orders((flow) => flow.action('', one)),
  },
  {
    what: 'a name with a slash',
    code: 'NAME_INVALID',
    names: ['"a/b"', '/ [ ]'],
    define: orders((flow) => flow.action('a/b', one)),
  },
  {
    what: 'a name with brackets',
    code: 'NAME_INVALID',
    names: ['"a[0]"'],
    define: orders((flow) => flow.scope('a[0]', [], () => undefined)),
  },
  {
    what: 'a name with a line break',
    code: 'NAME_INVALID',
    names: ['"a\\nb"', 'line break'],
    define: orders((flow) => flow.action('a\nb', one)),
  },
  {
    what: 'a name with half a surrogate pair',
    code: 'NAME_INVALID',
    names: ['half a character'],
    define: orders((flow) => flow.action('a\ud83d', one)),
  },
  {
    what: 'a name with a blank at its end',
    code: 'NAME_INVALID',
    names: ['"Mail "', 'blank'],
    define: orders((flow) => flow.action('Mail ', one)),
  },
  {
    what: 'a name of 201 characters',
    code: 'NAME_INVALID',
    names: ['201', '200'],
    define: orders((flow) => flow.action('x'.repeat(201), one)),
  },
  {
    what: 'a bad name inside a scope, naming the scope',
    code: 'NAME_INVALID',
    path: 'Notify',
    names: ['"a/b"'],
    define: orders((flow) =>
      flow.scope('Notify', [], (scope: Untyped) => scope.action('a/b', one)),
    ),
  },
  {
    what: 'two actions of the same name',
    code: 'NAME_DUPLICATE',
    path: 'Mail',
    names: ['"Mail"', 'workflow "Orders"'],
    define: orders((flow) => {
      flow.action('Mail', one);
      flow.scope('Mail', [], () => undefined);
    }),
  },
  {
    what: 'two actions of the same name in a scope',
    code: 'NAME_DUPLICATE',
    path: 'Notify/Mail',
    names: ['scope "Notify"'],
    define: orders((flow) =>
      flow.scope('Notify', [], (scope: Untyped) => {
        scope.action('Mail', one);
        scope.action('Mail', one);
      }),
    ),
  },
  {
    what: 'a case that cannot be part of a path',
    code: 'NAME_INVALID',
    path: 'Route',
    names: ['"text/html"', 'branch'],
    define: orders((flow) => flow.switch('Route', [], () => 'x', { 'text/html': () => undefined })),
  },
];

const functions: readonly Refusal[] = [
  {
    what: 'a workflow without a body',
    code: 'FUNCTION_MISSING',
    names: ['workflow "Orders"', 'body', 'undefined'],
    define: () => workflow('Orders', undefined as Untyped),
  },
  {
    what: 'an action without a function',
    code: 'FUNCTION_MISSING',
    path: 'Mail',
    names: ['run', 'undefined'],
    define: orders((flow) => flow.action('Mail')),
  },
  {
    what: 'an action whose function was called instead of passed',
    code: 'FUNCTION_MISSING',
    path: 'Mail',
    names: ['a promise', 'without calling it'],
    define: orders((flow) => flow.action('Mail', Promise.resolve(1))),
  },
  {
    what: 'an action with a runAfter list and no function',
    code: 'FUNCTION_MISSING',
    path: 'Mail',
    names: ['run'],
    define: orders((flow) => flow.action('Mail', [])),
  },
  {
    what: 'a scope without a body',
    code: 'FUNCTION_MISSING',
    path: 'Notify',
    names: ['scope "Notify"', 'body'],
    define: orders((flow) => flow.scope('Notify', [])),
  },
  {
    what: 'a loop without items',
    code: 'FUNCTION_MISSING',
    path: 'Each',
    names: ['items', 'an array'],
    define: orders((flow) => flow.forEach('Each', [], [1, 2, 3], () => undefined)),
  },
  {
    what: 'a condition without a test',
    code: 'FUNCTION_MISSING',
    path: 'Paid',
    names: ['test', 'true'],
    define: orders((flow) => flow.condition('Paid', [], true, { then: () => undefined })),
  },
  {
    what: 'a branch that is not a function',
    code: 'FUNCTION_MISSING',
    path: 'Paid/else',
    names: ['branch else', '"Ship"'],
    define: orders((flow) =>
      flow.condition('Paid', [], one, { then: () => undefined, else: 'Ship' }),
    ),
  },
  {
    what: 'an until without done',
    code: 'FUNCTION_MISSING',
    path: 'Poll',
    names: ['done'],
    define: orders((flow) => flow.until('Poll', [], one, (round: Untyped) => round.state)),
  },
  {
    what: 'a child without input',
    code: 'FUNCTION_MISSING',
    path: 'Sub',
    names: ['input'],
    define: orders((flow) => flow.child('Sub', [], child)),
  },
];

const options: readonly Refusal[] = [
  {
    what: 'an option that does not exist',
    code: 'OPTION_UNKNOWN',
    path: 'Mail',
    names: ['"retries"', 'Did you mean "retry"?'],
    define: mailWith({ retries: 3 }),
  },
  {
    what: 'an option that belongs to another kind',
    code: 'OPTION_UNKNOWN',
    path: 'Pause',
    names: ['delay "Pause"', '"timeout"'],
    define: orders((flow) => flow.delay('Pause', [], '1s', { timeout: '1s' })),
  },
  {
    what: 'options that are an array',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['an empty array', 'runAfter list'],
    define: mailWith([]),
  },
  {
    what: 'options that are null',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['null'],
    define: mailWith(null),
  },
  {
    what: 'a time-out without a unit',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['timeout', '"30"', "'30s'"],
    define: mailWith({ timeout: '30' }),
  },
  {
    what: 'a negative time-out',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['timeout', '-1', 'negative'],
    define: mailWith({ timeout: -1 }),
  },
  {
    what: 'an unknown retry policy',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['retry'],
    define: mailWith({ retry: { type: 'linear', count: 3 } }),
  },
  {
    what: 'a retry policy with a broken count',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['retry.count', '1.5'],
    define: mailWith({ retry: { type: 'fixed', count: 1.5, interval: '1s' } }),
  },
  {
    what: 'a retry policy that is a number',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['retry'],
    define: mailWith({ retry: 3 }),
  },
  {
    what: 'a select that is not a function',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['select', '"id"', 'a function'],
    define: mailWith({ select: 'id' }),
  },
  {
    what: 'a negative payload limit',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['payloadLimit', '-1', 'at least 0'],
    define: mailWith({ payloadLimit: -1 }),
  },
  {
    what: 'a payload limit with a unit',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['payloadLimit', '"1MB"'],
    define: mailWith({ payloadLimit: '1MB' }),
  },
  {
    what: 'a limiter without acquire()',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['limiter', '5', 'acquire()'],
    define: mailWith({ limiter: 5 }),
  },
  {
    what: 'an unknown criticality',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['"optionnal"', 'Did you mean "optional"?'],
    define: mailWith({ criticality: 'optionnal' }),
  },
  {
    what: 'a secure that is just true',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['secure', 'true', '{ inputs: true'],
    define: mailWith({ secure: true }),
  },
  {
    what: 'a secure with another field',
    code: 'OPTION_UNKNOWN',
    path: 'Mail',
    names: ['"output"', 'Did you mean "outputs"?'],
    define: mailWith({ secure: { output: true } }),
  },
  {
    what: 'a secure with a text',
    code: 'OPTION_INVALID',
    path: 'Mail',
    names: ['secure.inputs', '"yes"'],
    define: mailWith({ secure: { inputs: 'yes' } }),
  },
  {
    what: 'a concurrency of 0',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: ['concurrency', '0', 'at least 1'],
    define: loopWith({ concurrency: 0 }),
  },
  {
    what: 'a concurrency of 2.5',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: ['concurrency', '2.5', 'whole number'],
    define: loopWith({ concurrency: 2.5 }),
  },
  {
    what: 'a concurrency of NaN',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: ['concurrency', 'NaN'],
    define: loopWith({ concurrency: Number.NaN }),
  },
  {
    what: 'a limiter that does not tell of its degree as concurrency',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: [
      'concurrency',
      'an object',
      'whole number',
      'AdaptiveLimiter',
      'onDegree()',
      'adaptive(…)',
    ],
    define: loopWith({ concurrency: Object.assign(concurrencyLimiter(3), { degree: 3 }) }),
  },
  {
    what: 'an adaptive limiter with a degree of 0',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: ['concurrency', 'AdaptiveLimiter', 'degree'],
    define: loopWith({ concurrency: new SettableLimiter(0) }),
  },
  {
    what: 'a look-ahead without a key',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: ['lookAhead', 'key'],
    define: loopWith({ lookAhead: 8 }),
  },
  {
    what: 'a look-ahead of 0',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: ['lookAhead', '0'],
    define: loopWith({ lookAhead: 0, key: String }),
  },
  {
    what: 'a key that is the name of a field',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: ['key', '"customer"', 'a function'],
    define: loopWith({ key: 'customer' }),
  },
  {
    what: 'an id that is not a function',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: ['id', '1'],
    define: loopWith({ id: 1 }),
  },
  {
    what: 'an unknown keep',
    code: 'OPTION_INVALID',
    path: 'Each',
    names: ['keep', '"failure"', 'Did you mean "failures"?'],
    define: loopWith({ keep: 'failure' }),
  },
  {
    what: 'no rounds at all for an until',
    code: 'OPTION_INVALID',
    path: 'Poll',
    names: ['maxIterations', '0'],
    define: orders((flow) =>
      flow.until('Poll', [], one, (round: Untyped) => round.state, one, { maxIterations: 0 }),
    ),
  },
  {
    what: 'an unknown onLimit',
    code: 'OPTION_INVALID',
    path: 'Poll',
    names: ['onLimit', '"ignore"', "'fail', 'succeed'"],
    define: orders((flow) =>
      flow.until('Poll', [], one, (round: Untyped) => round.state, one, { onLimit: 'ignore' }),
    ),
  },
  {
    what: 'a duration that cannot be read',
    code: 'OPTION_INVALID',
    path: 'Pause',
    names: ['duration', '"tomorrow"'],
    define: orders((flow) => flow.delay('Pause', [], 'tomorrow')),
  },
  {
    what: 'a correlate that is a text',
    code: 'OPTION_INVALID',
    path: 'Approval',
    names: ['correlate', '"42"'],
    define: orders((flow) => flow.waitFor('Approval', [], event('approval'), { correlate: '42' })),
  },
  {
    what: 'a terminate with an unknown status',
    code: 'OPTION_INVALID',
    path: 'Stop',
    names: ['status', '"TimedOut"', "'Cancelled'"],
    define: orders((flow) => flow.terminate('Stop', [], 'TimedOut')),
  },
  {
    what: 'a terminate without a status',
    code: 'OPTION_INVALID',
    path: 'Stop',
    names: ['status is missing'],
    define: orders((flow) => flow.terminate('Stop', [])),
  },
  {
    what: 'a terminate with an empty code',
    code: 'OPTION_INVALID',
    path: 'Stop',
    names: ['code', '""'],
    define: orders((flow) => flow.terminate('Stop', [], 'Failed', { code: '' })),
  },
  {
    what: 'a workflow option that does not exist',
    code: 'OPTION_UNKNOWN',
    names: ['workflow "Orders"', '"timeOut"', 'Did you mean "timeout"?'],
    define: orders(() => undefined, { timeOut: '1h' }),
  },
  {
    what: 'no concurrent actions at all',
    code: 'OPTION_INVALID',
    names: ['maxConcurrentActions', '0'],
    define: orders(() => undefined, { maxConcurrentActions: 0 }),
  },
  {
    what: 'a grace time that is not a duration',
    code: 'OPTION_INVALID',
    names: ['grace', '"soon"'],
    define: orders(() => undefined, { grace: 'soon' }),
  },
  {
    what: 'a version that is a number',
    code: 'OPTION_INVALID',
    names: ['version', '2'],
    define: orders(() => undefined, { version: 2 }),
  },
];

const edges: readonly Refusal[] = [
  {
    what: 'a runAfter that is a handle and not a list',
    code: 'RUN_AFTER_INVALID',
    path: 'Mail',
    names: ['runAfter', 'an object', '[]'],
    define: orders((flow) => flow.action('Mail', flow.action('Stock', one), one)),
  },
  {
    what: 'an action that is listed twice',
    code: 'RUN_AFTER_DUPLICATE',
    path: 'Mail',
    names: ['Stock', 'twice', 'on(x, …)'],
    define: orders((flow) => {
      const stock = flow.action('Stock', one);
      flow.action('Mail', [stock, failed(stock)], one);
    }),
  },
  {
    what: 'a name where a handle belongs',
    code: 'HANDLE_INVALID',
    path: 'Mail',
    names: ['entry 0', '"Stock"', 'defineWorkflow()'],
    define: orders((flow) => flow.action('Mail', ['Stock'], one)),
  },
  {
    what: 'what terminate returned',
    code: 'HANDLE_INVALID',
    path: 'Mail',
    names: ['entry 0', 'terminate()'],
    define: orders((flow) => flow.action('Mail', [flow.terminate('Stop', [], 'Failed')], one)),
  },
  {
    what: 'a hole in the list',
    code: 'HANDLE_INVALID',
    path: 'Mail',
    names: ['entry 0', 'undefined'],
    define: orders((flow) => flow.action('Mail', new Array(1), one)),
  },
  {
    what: 'a promise in the list',
    code: 'HANDLE_INVALID',
    path: 'Mail',
    names: ['a promise', 'do not await'],
    define: orders((flow) => flow.action('Mail', [Promise.resolve()], one)),
  },
  {
    what: 'settled() of something that is not a handle',
    code: 'HANDLE_INVALID',
    names: ['settled(…)', 'undefined'],
    define: orders((flow) => flow.action('Mail', [settled(undefined as Untyped)], one)),
  },
  {
    what: 'failed() of settled()',
    code: 'HANDLE_INVALID',
    path: 'Stock',
    names: ['failed(…)', 'one on(…)'],
    define: orders((flow) => failed(settled(flow.action('Stock', one) as Untyped) as Untyped)),
  },
  {
    what: 'settled() of a loop item',
    code: 'HANDLE_INVALID',
    names: ['settled(…)', 'the item', 'List it bare'],
    define: orders((flow) =>
      flow.forEach(
        'Each',
        [],
        () => [1],
        (each: Untyped) => each.action('Mail', [settled(each.item)], one),
      ),
    ),
  },
  {
    what: 'on() without a status',
    code: 'RUN_AFTER_STATUS',
    path: 'Stock',
    names: ['on(…)', 'Succeeded, Failed, Skipped or TimedOut'],
    define: orders((flow) => (on as Untyped)(flow.action('Stock', one))),
  },
  {
    what: 'on() with Cancelled',
    code: 'RUN_AFTER_STATUS',
    path: 'Stock',
    names: ['"Cancelled"'],
    define: orders((flow) => on(flow.action('Stock', one), 'Cancelled' as Untyped)),
  },
  {
    what: 'an outer handle inside a scope',
    code: 'HANDLE_FOREIGN',
    path: 'Notify/Mail',
    names: ['Stock', 'workflow "Orders"', 'the runAfter of scope "Notify"'],
    define: orders((flow) => {
      const stock = flow.action('Stock', one);
      flow.scope('Notify', [], (scope: Untyped) => scope.action('Mail', [stock], one));
    }),
  },
  {
    what: 'an outer handle two scopes further in, naming the one to change',
    code: 'HANDLE_FOREIGN',
    path: 'Outer/Inner/Mail',
    names: ['the runAfter of scope "Outer"'],
    define: orders((flow) => {
      const stock = flow.action('Stock', one);
      flow.scope('Outer', [], (outer: Untyped) =>
        outer.scope('Inner', [], (inner: Untyped) =>
          inner.action('Mail', [settled(stock as Untyped)], one),
        ),
      );
    }),
  },
  {
    what: 'a handle that leaked out of a scope',
    code: 'HANDLE_FOREIGN',
    path: 'Close',
    names: ['Mail', 'Return it from the body of scope "Notify"'],
    define: orders((flow) => {
      let leaked: unknown;
      flow.scope('Notify', [], (scope: Untyped) => {
        leaked = scope.action('Mail', one);
      });
      flow.action('Close', [leaked], one);
    }),
  },
  {
    what: 'a handle of a scope beside',
    code: 'HANDLE_FOREIGN',
    path: 'B/Use',
    names: ['Make', 'scope "A"', 'scope "B"'],
    define: orders((flow) => {
      let leaked: unknown;
      flow.scope('A', [], (scope: Untyped) => {
        leaked = scope.action('Make', one);
      });
      flow.scope('B', [], (scope: Untyped) => scope.action('Use', [leaked], one));
    }),
  },
  {
    what: 'a handle of another workflow',
    code: 'HANDLE_FOREIGN',
    path: 'Mail',
    names: ['workflow "Other"', 'child workflow'],
    define: orders((flow) => {
      let leaked: unknown;
      workflow('Other', (other: Untyped) => {
        leaked = other.action('Make', one);
      });
      flow.action('Mail', [leaked], one);
    }),
  },
];

const bodies: readonly Refusal[] = [
  {
    what: 'an asynchronous body',
    code: 'BODY_ASYNC',
    names: ['workflow "Orders"', 'promise', 'remove async'],
    define: orders(async (flow) => {
      await Promise.resolve();
      flow.action('Mail', one);
    }),
  },
  {
    what: 'an asynchronous body of a scope',
    code: 'BODY_ASYNC',
    path: 'Notify',
    names: ['scope "Notify"'],
    define: orders((flow) => flow.scope('Notify', [], async () => undefined)),
  },
  {
    what: 'a flow that is used after its body has returned',
    code: 'FLOW_CLOSED',
    names: ['workflow "Orders"', 'has returned'],
    define: () => {
      let leaked: Untyped;
      orders((flow) => {
        leaked = flow;
      })();
      leaked.action('Late', one);
    },
  },
  {
    what: 'a scope that is used after its body has returned',
    code: 'FLOW_CLOSED',
    path: 'Notify',
    names: ['scope "Notify"', 'has returned'],
    define: orders((flow) => {
      let leaked: Untyped;
      flow.scope('Notify', [], (scope: Untyped) => {
        leaked = scope;
      });
      leaked.action('Late', one);
    }),
  },
  {
    what: 'the outer flow inside the body of a scope',
    code: 'FLOW_CLOSED',
    names: ['workflow "Orders"', 'scope "Notify"', 'the flow that this body was given'],
    define: orders((flow) => flow.scope('Notify', [], () => flow.action('Mail', one))),
  },
  {
    what: 'a body that returns a value',
    code: 'RETURN_INVALID',
    names: ['workflow "Orders"', '42'],
    define: orders(() => 42),
  },
  {
    what: 'a branch that returns an object of handles',
    code: 'RETURN_INVALID',
    path: 'Paid/then',
    names: ['branch "Paid/then"', 'an object'],
    define: orders((flow) =>
      flow.condition('Paid', [], one, {
        then: (branch: Untyped) => ({ mail: branch.action('Mail', one) }),
      }),
    ),
  },
  {
    what: 'a body that returns an outer handle',
    code: 'HANDLE_FOREIGN',
    path: 'Notify',
    names: ['Stock', 'workflow "Orders"'],
    define: orders((flow) => {
      const stock = flow.action('Stock', one);
      flow.scope('Notify', [stock], () => stock);
    }),
  },
  {
    what: 'a bare return of something that others run after',
    code: 'RETURN_NOT_CERTAIN',
    names: ['Stock', 'Mail runs after it', 'settled(x)'],
    define: orders((flow) => {
      const stock = flow.action('Stock', one);
      flow.action('Mail', [stock], one);
      return stock;
    }),
  },
  {
    what: 'a bare return of something optional',
    code: 'RETURN_NOT_CERTAIN',
    names: ['Mail', 'optional'],
    define: orders((flow) => flow.action('Mail', one, { criticality: 'optional' })),
  },
  {
    what: 'a bare return of a failure handler',
    code: 'RETURN_NOT_CERTAIN',
    names: ['Repair', 'skipped when Stock succeeds'],
    define: orders((flow) =>
      flow.action('Repair', [failed(flow.action('Stock', one) as Untyped)], one),
    ),
  },
  {
    what: 'a bare return behind a failure handler',
    code: 'RETURN_NOT_CERTAIN',
    names: ['Report', 'Repair is skipped when Stock succeeds'],
    define: orders((flow) => {
      const repair = flow.action('Repair', [failed(flow.action('Stock', one) as Untyped)], one);
      return flow.action('Report', [repair], one);
    }),
  },
  {
    what: 'a return of failed()',
    code: 'RETURN_NOT_CERTAIN',
    names: ['Stock', 'settled(x)'],
    define: orders((flow) => failed(flow.action('Stock', one) as Untyped)),
  },
  {
    what: 'a bare return where a terminate can end the workflow as Succeeded',
    code: 'RETURN_NOT_CERTAIN',
    names: ['Close', 'terminate'],
    define: orders((flow) => {
      flow.scope('Early', [], (scope: Untyped) => scope.terminate('Stop', [], 'Succeeded'));
      return flow.action('Close', one);
    }),
  },
  {
    what: 'a terminate in a loop',
    code: 'TERMINATE_IN_LOOP',
    path: 'Each/Stop',
    names: ['terminate', 'after the loop'],
    define: orders((flow) =>
      flow.forEach(
        'Each',
        [],
        () => [1],
        (each: Untyped) => each.terminate('Stop', [], 'Failed'),
      ),
    ),
  },
  {
    what: 'a terminate in a branch of a scope in an until',
    code: 'TERMINATE_IN_LOOP',
    path: 'Poll/Check/Bad/then/Stop',
    names: ['at any depth'],
    define: orders((flow) =>
      flow.until(
        'Poll',
        [],
        one,
        (round: Untyped) =>
          round.scope('Check', [], (scope: Untyped) =>
            scope.condition('Bad', [], one, {
              then: (branch: Untyped) => branch.terminate('Stop', [], 'Cancelled'),
            }),
          ),
        one,
      ),
    ),
  },
  {
    what: 'a condition without then',
    code: 'BRANCH_MISSING',
    path: 'Paid',
    names: ['then'],
    define: orders((flow) => flow.condition('Paid', [], one, { else: () => undefined })),
  },
  {
    what: 'a condition without branches',
    code: 'BRANCH_MISSING',
    path: 'Paid',
    names: ['undefined', 'then'],
    define: orders((flow) => flow.condition('Paid', [], one)),
  },
  {
    what: 'a branch that does not exist',
    code: 'OPTION_UNKNOWN',
    path: 'Paid',
    names: ['"esle"', 'Did you mean "else"?'],
    define: orders((flow) =>
      flow.condition('Paid', [], one, { then: () => undefined, esle: () => undefined }),
    ),
  },
  {
    what: 'a switch without cases',
    code: 'BRANCH_MISSING',
    path: 'Route',
    names: ['no cases'],
    define: orders((flow) => flow.switch('Route', [], () => 'a', {})),
  },
  {
    what: 'a child that is not a workflow',
    code: 'WORKFLOW_INVALID',
    path: 'Sub',
    names: ['"Child"', 'workflow()'],
    define: orders((flow) => flow.child('Sub', [], 'Child', one)),
  },
  {
    what: 'an event that is only a name',
    code: 'EVENT_INVALID',
    path: 'Approval',
    names: ['"approval"', "event('…')"],
    define: orders((flow) => flow.waitFor('Approval', [], 'approval')),
  },
  {
    what: 'an event without a name',
    code: 'EVENT_INVALID',
    names: ['event("")', 'no name'],
    define: () => event(''),
  },
  {
    what: 'a body that contains itself without end',
    code: 'NESTING_TOO_DEEP',
    names: ['workflow "Orders"', '250'],
    define: orders(function nest(flow: Untyped): void {
      flow.scope('Again', [], nest);
    }),
  },
];

const strict: ContainerKind<{ size: number }> = {
  name: 'strict',
  optionNames: ['size'],
  check: ({ workflow: name, path, children }) => {
    if (children.length > 0) return;
    throw new DefinitionError(
      'DEFINITION_INVALID',
      { workflow: name, path, kind: 'strict' },
      'it has no children.',
    );
  },
};

const kinds: readonly Refusal[] = [
  {
    what: 'a container kind without a name',
    code: 'NAME_INVALID',
    names: ['container kind', 'undefined'],
    define: orders((flow) => container(flow, {} as Untyped, 'Odd', [], () => undefined, {})),
  },
  {
    what: 'a container kind that is a function',
    code: 'CONTAINER_KIND_INVALID',
    names: ['a function', 'hooks'],
    define: orders((flow) => container(flow, one as Untyped, 'Odd', [], () => undefined, {})),
  },
  {
    what: 'a container kind with a hook that is not a function',
    code: 'CONTAINER_KIND_INVALID',
    names: ['finish', '"odd"', 'true'],
    define: orders((flow) =>
      container(flow, { name: 'odd', finish: true } as Untyped, 'Odd', [], () => undefined, {}),
    ),
  },
  {
    what: 'an option that a container kind does not have',
    code: 'OPTION_UNKNOWN',
    path: 'Odd',
    names: ['strict "Odd"', '"sise"', 'Did you mean "size"?'],
    define: orders((flow) =>
      container(flow, strict, 'Odd', [], () => undefined, { sise: 1 } as Untyped),
    ),
  },
  {
    what: 'what the check of a container kind refuses',
    code: 'DEFINITION_INVALID',
    path: 'Odd',
    names: ['strict "Odd"', 'no children'],
    define: orders((flow) => container(flow, strict, 'Odd', [], () => undefined, { size: 1 })),
  },
  {
    what: 'a container in something that is not a flow',
    code: 'DEFINITION_INVALID',
    names: ['an object', 'not a flow'],
    define: () => container({} as Untyped, strict, 'Odd', [], () => undefined, { size: 1 }),
  },
  {
    what: 'metadata for something that is not a handle',
    code: 'HANDLE_INVALID',
    names: ['setMetadata(…)', '"Mail"'],
    define: () => setMetadata('Mail' as Untyped, {}),
  },
  {
    what: 'metadata that comes too late',
    code: 'FLOW_CLOSED',
    path: 'Mail',
    names: ['workflow "Orders"'],
    define: () => {
      let mail: Untyped;
      orders((flow) => {
        mail = flow.action('Mail', one);
      })();
      setMetadata(mail, {});
    },
  },
];

describe.each([
  ['names', names],
  ['functions', functions],
  ['options', options],
  ['runAfter lists', edges],
  ['bodies', bodies],
  ['container kinds', kinds],
] as const)('a definition with handles, its %s', (_, refusals) => {
  it.each(refusals)('refuses $what', (refusal) => {
    expectRefusal(refusal);
  });
});

describe('a refusal', () => {
  it('carries the workflow, the path, the option, the value and the cause as fields', () => {
    expect(mailWith({ timeout: 'never' })).toThrow(
      expect.objectContaining({
        name: 'DefinitionError',
        workflow: 'Orders',
        path: 'Mail',
        option: 'timeout',
        value: 'never',
        cause: expect.objectContaining({ code: 'DURATION_INVALID' }),
      }),
    );
  });

  it('leaves an error of the body itself as it is', () => {
    const mine = new Error('mine');
    expect(
      orders(() => {
        throw mine;
      }),
    ).toThrow(mine);
  });

  it('of a scope that is caught leaves the rest of the workflow usable', () => {
    const defined = workflow('Orders', (flow: Untyped) => {
      expect(() => flow.scope('Notify', [], () => 42)).toThrow(DefinitionError);
      flow.scope('Notify', [], () => undefined);
    });
    expect(defined.definition.body.nodes.map((node) => node.name)).toEqual(['Notify']);
  });

  it('of an asynchronous body leaves no unhandled rejection behind', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    const late = orders(async (flow) => {
      await Promise.resolve();
      flow.action('Late', one);
    });
    expect(late).toThrow(expect.objectContaining({ code: 'BODY_ASYNC' }));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });
});
