import { AsyncLocalStorage } from 'node:async_hooks';
import { type ObservedCall, type Telemetry, workflow } from '@runafter/core';
import { calledFrom, callerOf } from '@runafter/core/remote';
import { expect, it } from 'vitest';
import { Team } from './team.ts';

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

it('tells the process that schedules a run where it comes from', () => {
  let caller: unknown;
  const telemetry: Telemetry = {
    observeRun: (run) => {
      caller = run.caller;
      return undefined;
    },
    caller: () => ({ traceparent: 'request' }),
  };
  for (const each of calledFrom(telemetry, callerOf(telemetry) ?? {})) each.observeRun({} as never);
  expect(caller).toEqual({ traceparent: 'request' });
});
