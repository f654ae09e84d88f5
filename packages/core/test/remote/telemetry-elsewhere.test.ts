import { AsyncLocalStorage } from 'node:async_hooks';
import { type ObservedCall, type Telemetry, workflow } from '@runafter/core';
import { calledFrom, callerOf } from '@runafter/core/remote';
import { afterEach, expect, it, vi } from 'vitest';
import { Team } from './team.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const context = new AsyncLocalStorage<string>();

it('travels with an attempt to the process that makes it, and watches it there', async () => {
  const calls: (ObservedCall | string | undefined)[] = [];
  const worker: Telemetry = {
    observeRun: () => undefined,
    observeCall: (call) => {
      calls.push(call);
      return {
        within: (inner) => context.run(String(call.carrier?.traceparent), inner),
        onEnd: (error) => calls.push(error?.code),
      };
    },
  };
  const failing = workflow('Failing', (flow) => {
    const ok = flow.action('Ok', () => context.getStore());
    flow.action('Bad', [ok], () => {
      throw Object.assign(new Error('refused'), { code: 'REFUSED' });
    });
  });
  const team = new Team(failing, { isHeld: true });
  const caller = team.hire({ telemetry: worker });
  const telemetry: Telemetry = {
    observeRun: () => ({ carrierOf: ({ path }) => ({ traceparent: `of ${path}` }) }),
  };
  const run = team.start(undefined, { telemetry });
  for (const _ of ['Ok', 'Bad']) {
    await team.settle();
    await team.waiting.deliver(caller);
    await team.settle();
  }
  await run.finished;
  expect(run.result('Ok')?.outputs).toBe('of Ok');
  expect(calls).toMatchObject([
    { path: 'Ok', attempt: 1, workflow: 'Failing', carrier: { traceparent: 'of Ok' } },
    undefined,
    { path: 'Bad', carrier: { traceparent: 'of Bad' } },
    'REFUSED',
  ]);
});

it('hears the end of a handler that is given up, once', async () => {
  const handler = Promise.withResolvers<number>();
  const ends: unknown[] = [];
  const worker: Telemetry = {
    observeRun: () => undefined,
    observeCall: () => ({ onEnd: (error) => ends.push(error) }),
  };
  const deaf = workflow('Deaf', (flow) => {
    flow.action('Deaf', () => handler.promise);
  });
  const team = new Team(deaf, { isHeld: true });
  const caller = team.hire({ telemetry: worker, grace: '5s' });
  const run = team.start(undefined);
  await team.settle();
  const job = team.waiting;
  const delivered = job.deliver(caller);
  await team.settle();
  run.cancel();
  await team.clock.advance('1m');
  expect(await delivered).toBe('superseded');
  expect(ends).toEqual([undefined]);
  handler.reject(new Error('Too late.'));
  await team.settle();
  expect(ends).toHaveLength(1);
});

it('tells the process that schedules a run where it comes from', () => {
  let caller: unknown;
  const telemetry: Telemetry = {
    observeRun: (run) => {
      caller = run.caller;
      return undefined;
    },
    caller: () => ({ traceparent: 'request' }),
  };
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const failing: Telemetry = {
    observeRun: () => undefined,
    caller: () => {
      throw new Error('broken');
    },
  };
  expect(callerOf([failing, telemetry])).toEqual({ traceparent: 'request' });
  for (const each of calledFrom(telemetry, callerOf(telemetry) ?? {})) each.observeRun({} as never);
  expect(caller).toEqual({ traceparent: 'request' });
});
