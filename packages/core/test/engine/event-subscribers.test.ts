/**
 * Who listens to the events of a run: misses nothing, may leave at any time, and cannot harm the run.
 * @module
 */
import { type RunListener, start, workflow } from '@runafter/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** Two of the run, and four of each action: it and its attempt, started and ended. */
const allEvents = 2 + 2 * 4;

describe('a subscriber', () => {
  const flow = workflow('Order', (flow) => {
    const first = flow.action('First', () => 1);
    return flow.action('Second', [first], async () => 2);
  });

  it('that comes right after start() misses nothing', async () => {
    const run = start(flow, undefined);
    const types: string[] = [];
    run.events.subscribe(({ type }) => types.push(type));
    await run.finished;

    expect(types).toHaveLength(allEvents);
  });

  it('hears nothing more once it has unsubscribed, also from inside a call', async () => {
    const run = start(flow, undefined);
    const types: string[] = [];
    const unsubscribe = run.events.subscribe(({ type }) => {
      types.push(type);
      if (types.length === 2) unsubscribe();
    });
    await run.finished;
    unsubscribe();

    expect(types).toEqual(['run.started', 'action.started']);
  });

  it('that subscribes twice is called twice, and each subscription ends on its own', async () => {
    const run = start(flow, undefined);
    let calls = 0;
    const listener = () => {
      calls++;
    };
    run.events.subscribe(listener);
    run.events.subscribe(listener)();
    await run.finished;

    expect(calls).toBe(allEvents);
  });

  describe('that fails', () => {
    const warnings = vi.spyOn(process, 'emitWarning');
    const escaped: unknown[] = [];
    const onEscape = (error: unknown) => escaped.push(error);

    beforeEach(() => {
      warnings.mockImplementation(() => undefined);
      process.on('unhandledRejection', onEscape);
    });

    afterEach(() => {
      warnings.mockReset();
      process.off('unhandledRejection', onEscape);
    });

    it.each<[string, RunListener, string]>([
      ['throws', failing, 'down'],
      ['rejects', () => Promise.reject(new Error('down')), 'down'],
      ['throws undefined', thrower(undefined), 'undefined was thrown.'],
      [
        'throws what cannot be read',
        thrower(revoked()),
        'An object that cannot be read was thrown.',
      ],
      [
        'rejects with a strange error',
        () => Promise.reject(strange()),
        'TypeError was thrown without a message.',
      ],
    ])('%s harms nothing: it becomes a warning', async (_, listener, text) => {
      const heard: string[] = [];
      const run = start(flow, undefined, { onEvent: listener });
      run.events.subscribe(({ type }) => heard.push(type));
      const result = await run.finished;
      await new Promise((resolve) => setImmediate(resolve));

      expect(result).toMatchObject({ status: 'Succeeded', outputs: 2 });
      expect(heard).toHaveLength(allEvents);
      expect(escaped).toEqual([]);
      expect(warnings).toHaveBeenCalledTimes(allEvents);
      expect(warnings).toHaveBeenNthCalledWith(
        1,
        `A subscriber of run events failed on run.started: ${text}`,
        { type: 'RunafterWarning', code: 'EVENT_LISTENER_FAILED' },
      );
    });
  });

  it('is not waited for', async () => {
    const run = start(flow, undefined, { onEvent: () => new Promise(() => undefined) });

    expect((await run.finished).status).toBe('Succeeded');
  });
});

function failing(): never {
  throw new Error('down');
}

function thrower(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** An error whose message is no text. */
function strange(): Error {
  return Object.defineProperty(new TypeError('x'), 'message', { value: Symbol('odd') });
}
