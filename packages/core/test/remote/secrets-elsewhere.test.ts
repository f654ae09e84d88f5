/**
 * Secure values on their way to handlers in other processes and back: whole for who is handed them, and
 * never in clear text in a queue or a store.
 */
import { randomBytes } from 'node:crypto';
import { fixed } from '@runafter/clock';
import { type Flow, memoryRunStore, settled, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { aesCipher } from '../durable/aes-cipher.ts';
import { recordedStore } from '../durable/recorded-store.ts';
import { expectSameAsHere } from './same-as-here.ts';
import { Team } from './team.ts';

const secret = 'hunter2';
const cipher = aesCipher(randomBytes(32));
const hidden = { secure: { outputs: true } };

describe('secure values of handlers that are called elsewhere', () => {
  it.each([
    ['short', 1],
    ['long', 20_000],
  ])('are handed over whole, and read by nobody else, where they are %s', async (_, times) => {
    const { store, calls } = recordedStore(memoryRunStore());
    const got: unknown[] = [];
    const { team } = await expectSameAsHere(
      carrying(times, (value) => got.push(value)),
      undefined,
      { cipher, store },
    );
    const told = JSON.stringify([calls, team.jobs]);

    expect(told).not.toContain(secret);
    const each = [1, 2, 3, 4].map(() => secret.repeat(times));
    // Once in the process of the run, and once elsewhere.
    expect(got).toEqual([...each, ...each]);
  });

  it('stay where they are made without a cipher, as long as nobody is handed them', async () => {
    const { store, calls } = recordedStore(memoryRunStore());
    const { result, team } = await expectSameAsHere(unused(), undefined, { store });

    expect(JSON.stringify([calls, team.jobs])).not.toContain(secret);
    expect(result.results.map(({ status, code }) => [status, code])).toEqual([
      ['Succeeded', 'OK'],
      ['Failed', 'LOGIN_REFUSED'],
      ['Failed', 'SECURE_ACTION_FAILED'],
      ['Failed', 'PAYLOAD_TOO_LARGE'],
    ]);
  });

  it('that an action takes in need no cipher where they are secure for it alone', async () => {
    const flow = workflow('Plain', (flow) => {
      const long = flow.action('Make', () => 'no secret'.repeat(10_000));
      return flow.action('Use', [long], ([long]) => long.length, { secure: { inputs: true } });
    });
    const { result } = await expectSameAsHere(flow, undefined);

    expect(result.status).toBe('Succeeded');
  });

  it('cannot be read with another cipher: the call says so, and nothing is reported', async () => {
    const team = new Team(
      carrying(1, () => undefined),
      { cipher, isHeld: true },
    );
    team.start(undefined);
    await team.settle();
    const other = team.hire({ cipher: aesCipher(randomBytes(32)) });
    const [first] = team.jobs;

    await expect(first?.deliver(other)).rejects.toMatchObject({ code: 'CIPHER_FAILED' });
    await expect(first?.deliver()).resolves.toBe('reported');
  });
});

/** A secret in an output, in a record, in an iteration, in a record of an iteration, and in an item. */
function carrying(times: number, got: (value: unknown) => void): Workflow<undefined, unknown> {
  return workflow('Carrying', (flow: Flow<undefined>) => {
    const login = flow.action(
      'Login',
      ({ attempt }) => {
        if (attempt === 1) throw new Error(`not ${secret}`);
        return secret.repeat(times);
      },
      { ...hidden, retry: fixed({ count: 1, interval: '1s' }) },
    );
    const use = flow.action(
      'Use',
      [login],
      ([login]) => {
        got(login);
        return login;
      },
      hidden,
    );
    const loop = flow.forEach(
      'Loop',
      [login],
      ([login]) => [login],
      (each) => settled(each.action('Work', ({ item }) => item, hidden)),
    );
    flow.action('Read', [settled(use), loop], ([use, values]) => {
      got(outputsOf(use));
      got(outputsOf(values[0]));
      return 'read';
    });
    flow.action('Look', [settled(loop)], ([loop]) => {
      got(outputsOf(outputsOf(loop.iterations?.[0])));
    });
    return settled(use);
  });
}

function unused(): Workflow<undefined, unknown> {
  return workflow('Unused', (flow: Flow<undefined>) => {
    flow.action('Works', () => secret, { ...hidden, payloadLimit: 100 });
    flow.action(
      'Refused',
      () => {
        throw Object.assign(new Error(`not ${secret}`), { code: 'LOGIN_REFUSED', secret });
      },
      hidden,
    );
    flow.action(
      'Odd',
      () => {
        throw Object.assign(new Error('odd'), { code: `code ${secret}` });
      },
      hidden,
    );
    flow.action('Large', () => secret, { ...hidden, payloadLimit: 3 });
  });
}

function outputsOf(value: unknown): unknown {
  return Object(value).outputs;
}
