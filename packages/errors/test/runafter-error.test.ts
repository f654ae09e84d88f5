import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { hasCode, isRunafterError, RunafterError } from '../src/index.ts';

class OutOfStockError extends RunafterError {
  readonly sku: string;
  readonly token: bigint;
  constructor(sku: string, token: bigint, options?: { cause?: unknown }) {
    super('OUT_OF_STOCK', `No "${sku}" is left. Order it.`, options);
    this.sku = sku;
    this.token = token;
  }
}

describe('RunafterError', () => {
  it('is named after its class, also in its stack and when it is inspected', () => {
    const error = new OutOfStockError('A-1', 7n);
    expect(error.name).toBe('OutOfStockError');
    expect(error.stack).toMatch(/^OutOfStockError: No "A-1" is left/);
    expect(inspect(error)).toMatch(/^OutOfStockError: No "A-1" is left/);
    expect(inspect(error)).toContain("code: 'OUT_OF_STOCK'");
  });

  it('has a name even when its class has none', () => {
    const error = new (class extends RunafterError {})('SOME_CODE', 'text');
    expect(error.name).toBe('RunafterError');
  });

  it('keeps the cause as it is, also when it is undefined', () => {
    const cause = Object.freeze(new Error('reset by peer'));
    expect(new OutOfStockError('A-1', 7n, { cause }).cause).toBe(cause);
    expect('cause' in new OutOfStockError('A-1', 7n)).toBe(false);
    expect('cause' in new OutOfStockError('A-1', 7n, { cause: undefined })).toBe(true);
  });
});

describe('toJSON', () => {
  it('gives name, code, message and the facts, with big integers as text', () => {
    expect(JSON.parse(JSON.stringify(new OutOfStockError('A-1', 2n ** 60n)))).toEqual({
      name: 'OutOfStockError',
      code: 'OUT_OF_STOCK',
      message: 'No "A-1" is left. Order it.',
      facts: { sku: 'A-1', token: '1152921504606846976' },
    });
  });

  it('never shows the cause, nor the message and fields of an error among the facts', () => {
    const secret = Object.assign(new Error('password=hunter2'), {
      code: 'E_LOGIN',
      key: 'hunter2',
    });
    const error = Object.assign(new RunafterError('SOME_CODE', 'text', { cause: secret }), {
      failures: [secret],
    });
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(error.toJSON().facts).toEqual({ failures: [{ name: 'Error', code: 'E_LOGIN' }] });
  });

  it('does not show a cause that was set afterwards either', () => {
    const error = new RunafterError('SOME_CODE', 'text');
    error.cause = 'password=hunter2';
    expect(error.toJSON().facts).toEqual({});
  });

  it('survives facts that JSON cannot hold', () => {
    const circle: Record<string, unknown> = { at: new Date(0), never: new Date(Number.NaN) };
    circle.self = circle;
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const error = Object.assign(new RunafterError('SOME_CODE', 'text'), {
      circle,
      proxy,
      limit: Number.POSITIVE_INFINITY,
      check: () => true,
      missing: undefined,
      nothing: null,
    });
    Object.defineProperty(error, 'broken', {
      enumerable: true,
      get() {
        throw new Error('getter');
      },
    });
    const { facts } = JSON.parse(JSON.stringify(error));
    expect(facts).toMatchObject({
      circle: { at: '1970-01-01T00:00:00.000Z', never: null, self: {} },
      proxy: '[unreadable]',
      limit: 'Infinity',
      nothing: null,
    });
    expect(Object.keys(facts).sort()).toEqual(['circle', 'limit', 'nothing', 'proxy']);
  });
});

describe('recognition', () => {
  it('recognises errors from another copy of the package, and its subclasses', async () => {
    vi.resetModules();
    const other = await import('../src/index.ts');
    expect(other.RunafterError).not.toBe(RunafterError);
    class ForeignError extends other.RunafterError {}
    const error = new ForeignError('DURATION_INVALID', 'text');
    expect(error).not.toBeInstanceOf(RunafterError);
    expect(isRunafterError(error)).toBe(true);
    expect(hasCode(error, 'DURATION_INVALID')).toBe(true);
    expect(other.isRunafterError(new OutOfStockError('A-1', 7n))).toBe(true);
  });

  it('tells codes apart', () => {
    const error = new OutOfStockError('A-1', 7n);
    expect(hasCode(error, 'OUT_OF_STOCK')).toBe(true);
    expect(hasCode(error, 'DURATION_INVALID')).toBe(false);
  });

  it.each([
    ['a plain error with the same code', Object.assign(new Error('no'), { code: 'OUT_OF_STOCK' })],
    ['undefined', undefined],
    ['null', null],
    ['a string', 'OUT_OF_STOCK'],
    ['an object whose getters throw', throwingProxy()],
  ])('does not take %s for one of ours, and does not throw', (_, value) => {
    expect(isRunafterError(value)).toBe(false);
    expect(hasCode(value, 'OUT_OF_STOCK')).toBe(false);
  });
});

function throwingProxy(): object {
  return new Proxy(
    {},
    {
      get() {
        throw new Error('getter');
      },
    },
  );
}
