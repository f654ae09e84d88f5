/**
 * A workflow whose actions end when a test says so.
 * @module
 */
import { type Flow, type Workflow, workflow } from '@runafter/core';
import { vi } from 'vitest';

/** A call of a handler that has begun. */
export interface Call {
  readonly path: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  /** Has the handler return this. */
  end(output: string): void;
  /** Has the handler throw this. */
  fail(error: Error): void;
}

export interface GatedFlow {
  /** `First`, then `Second`; hands over what both returned. */
  readonly flow: Workflow<unknown, readonly string[]>;
  /** The so-many-th call of a handler, from 1. */
  made(number: number): Promise<Call>;
  /** Has every call return what its action does, now and from now on: one of a process that was lost is made again. */
  endAll(outputs: Readonly<Record<string, string>>): void;
  /** How many calls there were so far. */
  count(): number;
}

/** @param isDeaf - its handlers do not hear that they are told to stop. */
export function gatedFlow({
  isDeaf = false,
  version,
}: {
  isDeaf?: boolean;
  version?: string;
} = {}): GatedFlow {
  const calls: Call[] = [];
  let outputs: Readonly<Record<string, string>> = {};
  type Facts = Omit<Call, 'end' | 'fail'>;
  const handler = ({ path, attempt, idempotencyKey, signal }: Facts): Promise<string> =>
    new Promise((end, fail) => {
      const call = { path, attempt, idempotencyKey, signal, end, fail };
      calls.push(call);
      endIfKnown(call);
      if (!isDeaf) signal.addEventListener('abort', () => fail(signal.reason), { once: true });
    });
  const endIfKnown = ({ path, end }: Pick<Call, 'path' | 'end'>): void => {
    if (outputs[path] !== undefined) end(outputs[path]);
  };
  const flow = workflow(
    'Gated',
    (flow: Flow<unknown>) => {
      const first = flow.action('First', handler);
      const second = flow.action('Second', [first], (_, context) => handler(context));
      return flow.action('Both', [first, second], (both) => both);
    },
    { ...(version !== undefined && { version }) },
  );
  return {
    flow,
    made: (number) => vi.waitUntil(() => calls[number - 1], { timeout: 20_000, interval: 5 }),
    endAll: (known) => {
      outputs = known;
      calls.forEach(endIfKnown);
    },
    count: () => calls.length,
  };
}
