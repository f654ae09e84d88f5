/**
 * Workflows that carry a secret through everything that a workflow can do with a value, with handlers
 * that return it, quote it in errors, and hand it on.
 * @module
 */
import { fixed } from '@runafter/clock';
import { defineWorkflow, event, type Flow, settled, type Workflow, workflow } from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';

const hidden = { secure: { outputs: true } };

/** Throws an error that quotes what it is given, with a cause and fields that do so, too. */
function quote(value: unknown): never {
  const text = `Not accepted: ${JSON.stringify(value)}`;
  throw Object.assign(new Error(text, { cause: new Error(text) }), { code: 'REFUSED', value });
}

/** The state of the until around a function: it is there, though the types offer `round.state` only. */
function stateOf(context: object): string {
  return (context as { readonly state: string }).state;
}

/** What must occur nowhere. */
export const secret = 'hunter2';

/** Told by handlers what they were handed: the secret itself. */
export type Got = (value: unknown) => void;

type Write = (flow: Flow<void>, got: Got) => void;

/** By what carries the secret. */
export const carriers: Readonly<Record<string, Write>> = {
  'an output, handed over bare and as a result': (flow, got) => {
    const login = flow.action('Login', () => ({ token: secret }), hidden);
    flow.action('Bare', [login], ([{ token }]) => got(token));
    flow.action('Result', [settled(login)], ([login]) => {
      got(login.status === 'Succeeded' && login.outputs.token);
    });
    flow.action('Returns_The_Result', [settled(login)], ([login]) => ({ login }));
    flow.action('Quotes', [login], ([login]) => quote(login), { criticality: 'important' });
    flow.action('Quotes_Again', [login], ([login]) => quote(login), {
      retry: fixed({ count: 2, interval: '1s' }),
    });
  },
  'inputs that are declared secure': (flow, got) => {
    const login = flow.action('Login', () => secret, hidden);
    flow.action('First', () => quote(secret), { secure: { inputs: true } });
    flow.action('Uses', [login], ([token]) => got(token), { secure: { inputs: true } });
  },
  'the limits of an output': (flow) => {
    const login = flow.action('Login', () => secret, hidden);
    flow.action('Selects', [login], ([token]) => token, { select: quote });
    flow.action('Measures', [login], ([token]) => ({ toJSON: () => quote(token) }), {
      payloadLimit: 100,
    });
  },
  'a scope, which hands it over': (flow, got) => {
    const login = flow.action('Login', () => secret, hidden);
    const scope = flow.scope('Scope', [login], (scope, [login]) => {
      scope.action('Quotes', [login], ([token]) => quote(token), { criticality: 'optional' });
      return scope.action('Again', [login], ([token]) => token, hidden);
    });
    flow.action('Use', [scope], ([token]) => got(token));
    flow.action('Use_Result', [settled(scope)], ([scope]) => {
      got(scope.status === 'Succeeded' && scope.outputs);
    });
  },
  'the items of a loop, and what it hands over': (flow, got) => {
    const login = flow.action('Login', () => [`${secret}-a`, `${secret}-b`], hidden);
    const loop = flow.forEach(
      'Loop',
      [login],
      ([tokens]) => tokens,
      (each) => {
        each.action('Quotes', ({ item }) => quote(item), { criticality: 'important' });
        return each.action('Copy', [each.item], ([token]) => token, hidden);
      },
    );
    flow.action('Use', [loop], ([tokens]) => got(tokens[0]?.slice(0, -2)));
    flow.action('Use_Iterations', [settled(loop)], ([loop]) => {
      const [first] = loop.iterations;
      got(first?.status === 'Succeeded' && first.outputs.slice(0, -2));
      got(first?.item.slice(0, -2));
    });
    flow.action('Returns_Iterations', [settled(loop)], ([loop]) => [...loop.iterations]);
  },
  'the failures of a loop': (flow, got) => {
    const login = flow.action('Login', () => [secret], hidden);
    const loop = flow.forEach(
      'Loop',
      [login],
      ([tokens]) => tokens,
      (each) => each.action('Quotes', ({ item }) => quote(item)),
      { keep: 'failures' },
    );
    flow.action('Use', [settled(loop)], ([loop]) => got(loop.iterations[0]?.item));
  },
  'the functions of a loop': (flow) => {
    const login = flow.action('Login', () => [secret], hidden);
    flow.forEach(
      'Key',
      [login],
      ([tokens]) => tokens,
      () => undefined,
      { key: quote },
    );
    flow.forEach(
      'Items',
      [login],
      (values) => quote(values),
      () => undefined,
    );
    flow.forEach(
      'Source',
      [login],
      function* ([[token]]) {
        yield token;
        quote(token);
      },
      (each) => {
        each.action('Ignore', () => 1);
      },
    );
  },
  'the rounds of an until': (flow, got) => {
    const rounds = flow.until(
      'Rounds',
      [],
      () => '',
      (round) => round.action('Login', ({ index }) => secret + index, hidden),
      (_, { index }) => index === 2,
    );
    flow.action('Use', [rounds], ([token]) => got(token.slice(0, -1)));
    flow.action('Use_Rounds', [settled(rounds)], ([rounds]) => {
      got(rounds.iterations[2]?.item.slice(0, -1));
    });
    flow.until(
      'Done_Throws',
      [rounds],
      ([token]) => token,
      (round) => round.action('Copy', [round.state], ([token]) => token, hidden),
      (token) => quote(token),
    );
  },
  'the state of an until, which functions read from their context': (flow, got) => {
    const login = flow.action('Login', () => secret, hidden);
    const rounds = flow.until(
      'Rounds',
      [login],
      ([token]) => token,
      (round) => {
        const copy = round.action('Copy', stateOf, hidden);
        round.action('Quotes', (context) => quote(stateOf(context)), { criticality: 'optional' });
        round.scope('Scope', [], (scope) => {
          scope.action('Deep', (context) => got(stateOf(context)));
        });
        return copy;
      },
      (_, { index }) => index === 1,
    );
    flow.action('Use', [rounds], ([token]) => got(token));
  },
  'the choice of a branch': (flow) => {
    const login = flow.action('Login', () => secret, hidden);
    flow.condition('Condition', [login], ([token]) => quote(token), { then: () => undefined });
    flow.switch('Switch', [login], ([token]) => token as 'a', {
      a: (branch) => {
        branch.action('A', () => 1);
      },
    });
    flow.condition('Inside', [login], () => true, {
      then: (then, [login]) => then.action('Quotes', [login], ([token]) => quote(token)),
    });
  },
  waits: (flow, got) => {
    const login = flow.action('Login', () => secret, hidden);
    flow.delay('Delay', [login], ([token]) => token as '1s');
    flow.waitFor('Correlates', [login], event('never'), {
      correlate: ([token]) => quote(token),
    });
    const code = flow.waitFor('Code', [], event<string>('code'), hidden);
    flow.action('Use', [code], ([token]) => got(token));
  },
  'a child workflow that hands it back': (flow, got) => {
    const login = flow.action('Login', () => secret, hidden);
    const child = flow.child('Child', [login], passing, ([token]) => ({ token }));
    flow.action('Use', [child], ([token]) => got(token));
  },
  'a child workflow that fails with it': (flow) => {
    const login = flow.action('Login', () => secret, hidden);
    flow.child('Child', [login], careless, ([token]) => ({ token }));
    flow.child('Input', [login], careless, (values) => quote(values));
  },
  'a container of another kind, to its last phase': (flow, got) => {
    const login = flow.action('Login', () => secret, hidden);
    container(
      flow,
      undoing,
      'Undoing',
      [login],
      (inside, [login]) => {
        inside.action('Copy', [login], ([token]) => token, hidden);
      },
      {},
    );
    flow.action('Use', [login], ([token]) => got(token));
  },
  'look-ups by name': (flow, got) => {
    flow.child('Lookups', [], byName(got), () => undefined);
  },
};

const passing = workflow('Passing', (flow: Flow<{ token: string }>) => {
  return flow.action('Back', ({ input }) => input.token, hidden);
});

const careless = workflow('Careless', (flow: Flow<{ token: string }>) => {
  flow.action('Quotes', ({ input }) => quote(input));
  flow.forEach(
    'Loop',
    [],
    (_, { input }) => [input.token],
    (each) => {
      each.action('Quotes', ({ item }) => quote(item));
    },
    { keep: 'failures' },
  );
  flow.until(
    'Rounds',
    [],
    (_, { input }) => input.token,
    (round) => round.action('Copy', [round.state], ([token]) => token, hidden),
    () => true,
  );
  flow.child('Grandchild', [], passing, (_, { input }) => quote(input));
  const inner = flow.child('Passed_On', [], passing, (_, { input }) => input);
  flow.action('Uses', [inner], ([token]) => quote(token));
});

const undoing: ContainerKind<object> = {
  name: 'undoing',
  async finish(container) {
    const [copy] = container.children;
    await container.perform('Undo', () => quote(copy?.outputs), {
      retry: fixed({ count: 1, interval: '1s' }),
    });
    return undefined;
  },
};

/** Its handlers look up what stands far away. */
function byName(got: Got): Workflow<void, unknown> {
  return defineWorkflow<void>({
    name: 'By_Name',
    actions: {
      Login: { run: () => secret, ...hidden },
      Between: { runAfter: { Login: ['Succeeded'] }, run: () => 1 },
      Far: { runAfter: { Between: ['Succeeded'] }, run: ({ outputs }) => got(outputs('Login')) },
      Quotes: {
        runAfter: { Between: ['Succeeded'] },
        run: ({ outputs }) => quote(outputs('Login')),
      },
      Scope: {
        type: 'scope',
        runAfter: { Between: ['Succeeded'] },
        actions: { Quotes: { run: ({ result }) => quote(result('Login')) } },
      },
      Loop: {
        type: 'forEach',
        runAfter: { Between: ['Succeeded'] },
        items: ({ outputs }) => [outputs('Login')],
        actions: { Quotes: { run: ({ item }) => quote(item) } },
      },
    },
  });
}
