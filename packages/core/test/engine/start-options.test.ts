/**
 * What `start()` refuses: at once, naming the option, what it got and the way out.
 * @module
 */
import { DurationError, virtualClock } from '@runafter/clock';
import { RunOptionError, type StartOptions, start, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

const flow = workflow('Order', (flow) => flow.action('First', () => 1));

interface Refusal {
  readonly option: string;
  readonly value: unknown;
  readonly message: string;
}

const refusals: readonly Refusal[] = [
  {
    option: 'runId',
    value: ' ',
    message: 'runId is " ". Pass a text that is not empty, or leave it out to get one made.',
  },
  {
    option: 'runId',
    value: 7,
    message: 'runId is 7. Pass a text that is not empty, or leave it out to get one made.',
  },
  {
    option: 'signal',
    value: new AbortController(),
    message:
      'signal is an object. Pass its signal: it has no addEventListener, removeEventListener.',
  },
  {
    option: 'signal',
    value: null,
    message:
      'signal is null. Pass an AbortSignal: it has no addEventListener, removeEventListener.',
  },
  { option: 'onEvent', value: 'log', message: 'onEvent is "log". Pass a function.' },
  {
    option: 'maxConcurrentActions',
    value: 0,
    message: 'maxConcurrentActions is 0. Pass a whole number of at least 1, or Infinity.',
  },
  {
    option: 'maxConcurrentActions',
    value: 1.5,
    message: 'maxConcurrentActions is 1.5. Pass a whole number of at least 1, or Infinity.',
  },
  {
    option: 'maxConcurrentActions',
    value: '4',
    message: 'maxConcurrentActions is "4". Pass a whole number of at least 1, or Infinity.',
  },
  {
    option: 'limiter',
    value: 5,
    message: 'limiter is 5. Pass a Limiter: it has no acquire, tryAcquire.',
  },
  {
    option: 'gate',
    value: { enter: () => undefined },
    message: 'gate is an object. Pass a Gate: it has no tryEnter.',
  },
  {
    option: 'store',
    value: new Map(),
    message: 'store is an object. Pass a RunStore: it has no createRun, recordOutcome, endRun.',
  },
  {
    option: 'executor',
    value: () => undefined,
    message: 'executor is a function. Pass an Executor: it has no dispatch.',
  },
  {
    option: 'clock',
    value: Date,
    message: 'clock is a function. Pass a Clock: it has no monotonic, setTimer, sleep.',
  },
  { option: 'random', value: 0.5, message: 'random is 0.5. Pass a function.' },
  {
    option: 'maxConcurentActions',
    value: 5,
    message: 'maxConcurentActions is no option. Did you mean "maxConcurrentActions"? Known are ',
  },
  { option: 'toString', value: 5, message: 'toString is no option. Known are ' },
];

describe('start()', () => {
  it.each(refusals)('refuses $option: $value', ({ option, value, message }) => {
    const options = { [option]: value } as unknown as StartOptions;
    const error = thrownBy(() => start(flow, undefined, options));

    expect(error).toBeInstanceOf(RunOptionError);
    expect(error).toMatchObject({ code: 'RUN_OPTION_INVALID', option, value });
    expect((error as Error).message).toContain(`start(): ${message}`);
  });

  it.each(['timeout', 'grace'])('refuses a %s that is no duration', (option) => {
    const error = thrownBy(() => start(flow, undefined, { [option]: '5 minutes' }));

    expect(error).toBeInstanceOf(DurationError);
    expect(error).toMatchObject({ code: 'DURATION_INVALID', option, value: '5 minutes' });
  });

  it('refuses options that are no object', () => {
    const error = thrownBy(() => start(flow, undefined, null as unknown as StartOptions));

    expect(error).toMatchObject({ code: 'RUN_OPTION_INVALID', option: 'options', value: null });
  });

  it.each([undefined, null, {}, () => 1, { definition: {}, name: 'x' }])(
    'refuses %s, which is no workflow',
    (value) => {
      const error = thrownBy(() => start(value as unknown as Workflow<void, void>, undefined));

      expect(error).toMatchObject({ code: 'RUN_OPTION_INVALID', option: 'workflow' });
      expect((error as Error).message).toContain(
        'Pass what workflow() or defineWorkflow() returned',
      );
    },
  );

  it('takes an option that is undefined for one that is absent', async () => {
    const options = {
      ...{ runId: undefined, signal: undefined, onEvent: undefined, store: undefined },
      ...{ maxConcurrentActions: undefined, timeout: undefined, clock: virtualClock() },
    } as unknown as StartOptions;
    const run = start(flow, undefined, options);

    expect((await run.finished).status).toBe('Succeeded');
    expect(run.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('makes each run an id of its own, and takes the one that it is given', () => {
    const ids = [1, 2, 3].map(() => start(flow, undefined).id);

    expect(new Set(ids).size).toBe(3);
    expect(start(flow, undefined, { runId: 'week-47' }).id).toBe('week-47');
    expect(start(flow, undefined).workflow).toBe('Order');
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('It was not refused.');
}
