/**
 * A secret goes through everything that a workflow can do with it. Handlers get the real value; in what a
 * run leaves behind (records, JSON, events, errors, explanations, usage, store) it occurs nowhere.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { virtualClock } from '@runafter/clock';
import { type ActionRecord, type Flow, type RunEvent, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { aesCipher } from '../durable/aes-cipher.ts';
import { recordedStore } from '../durable/recorded-store.ts';
import { carriers, secret } from './secret-carriers.ts';

const cipher = aesCipher(randomBytes(32));

describe('a secret', () => {
  it.each(Object.entries(carriers))('is nowhere in what a run of %s leaves', async (_, write) => {
    const got: unknown[] = [];
    const events: RunEvent[] = [];
    const clock = virtualClock({ autoAdvance: true });
    const { store, calls } = recordedStore();
    const flow = workflow('Carrier', (flow: Flow<void>) => {
      write(flow, (value) => void got.push(value));
    });
    const onEvent = (event: RunEvent) => events.push(event);
    const run = start(flow, undefined, { clock, store, cipher, onEvent });
    if (flow.definition.events.has('code')) await run.signal('code', secret);
    const result = await run.finished;

    const left = {
      result,
      results: run.results,
      events,
      why: run.why(),
      usage: run.usage(),
      stored: calls,
    };
    expect(JSON.stringify(left)).not.toContain(secret);
    expect(inspect(left, { depth: 12, showHidden: false })).not.toContain(secret);
    expect(inspect(causesOf(result.results), { depth: 12 })).not.toContain(secret);
    // It was there, though: handlers were handed the value itself, where there are such.
    expect(new Set(got)).toEqual(new Set(write.length === 2 ? [secret] : []));
  });

  it('that a workflow hands over is in its outputs, but not in its JSON or on the console', async () => {
    const flow = workflow('Login', (flow) => {
      return flow.action('Login', () => secret, { secure: { outputs: true } });
    });
    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: secret });
    expect(JSON.stringify(result)).not.toContain(secret);
    expect(inspect(result)).not.toContain(secret);
  });

  it('is marked in records, so that a reader knows that something was there', async () => {
    const flow = workflow('Login', (flow) => {
      const login = flow.action('Login', () => secret, { secure: { outputs: true } });
      flow.action('Use', [login], () => {
        throw Object.assign(new Error(secret), { code: 'REFUSED' });
      });
    });
    const run = start(flow, undefined);
    await run.finished;

    expect(run.result('Login')?.outputs).toBe('[secure]');
    expect(run.result('Use')).toMatchObject({
      inputs: ['[secure]'],
      code: 'REFUSED',
      error: {
        message:
          '"Use" failed with REFUSED. Its message is withheld, because the action handles secure ' +
          'values: log what you need inside the handler.',
      },
    });
    expect(run.result('Use')?.error?.cause).toBeUndefined();
  });

  it.each([
    ['HTTP_403', 'HTTP_403'],
    ['ECONNRESET', 'ECONNRESET'],
    ['hunter2-token', 'SECURE_ACTION_FAILED'],
    ['0xC0FFEE', 'SECURE_ACTION_FAILED'],
  ])('does not hide in the code of an error: %s is recorded as %s', async (thrown, recorded) => {
    const flow = workflow('Login', (flow) => {
      const fail = () => {
        throw Object.assign(new Error(secret), { code: thrown });
      };
      flow.action('Login', fail, { secure: { inputs: true } });
    });
    const { results } = await start(flow, undefined).finished;
    expect(results[0]?.code).toBe(recorded);
  });
});

/** The causes of all errors in the records, which their JSON does not have. */
function causesOf(records: readonly ActionRecord[]): unknown[] {
  return records.flatMap(({ error, attempts, results, iterations = [], repetitions = [] }) => [
    error?.cause,
    ...attempts.map(({ error }) => error?.cause),
    ...causesOf(results),
    ...causesOf(repetitions),
    ...iterations.flatMap(({ results }) => causesOf(results)),
  ]);
}
