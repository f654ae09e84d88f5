/**
 * An action that this process calls for a run of another one: a consumer's span, below that of the attempt
 * in the process that schedules the run.
 * @module
 */
import { type Attributes, context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { CallObserver, ObservedCall } from '@runafter/core';
import { names } from './attribute-names.ts';
import { recordFailure } from './failures.ts';
import { begun } from './instruments.ts';
import type { Shared } from './run-watch.ts';
import { spanContextOf } from './trace-carrier.ts';
import { withoutWords } from './wait-watch.ts';

export function watchCall(
  call: ObservedCall,
  { tracer, instruments, waits }: Shared,
): CallObserver {
  const { address, clock, workflow } = call;
  const active = context.active();
  const sender = spanContextOf(call.carrier);
  // What delivers it may have a span of its own, such as BullMQ's: that is linked to.
  const delivery = trace.getSpanContext(active);
  const links = sender !== undefined && delivery !== undefined ? [{ context: delivery }] : [];
  const parent = sender === undefined ? active : trace.setSpanContext(ROOT_CONTEXT, sender);
  const span = tracer.startSpan(
    `call ${address}`,
    { kind: SpanKind.CONSUMER, attributes: attributesOf(call), startTime: clock.now(), links },
    parent,
  );
  const waiter = { workflow, clock, tracer: () => tracer };
  const around = waits.with(trace.setSpan(parent, span), waiter);
  const own = call.isSecure ? withoutWords(around) : around;
  const settled = begun(instruments.activeHandlers, {
    [names.workflow]: workflow,
    [names.address]: address,
  });
  waits.enter();
  return {
    within: (inner) => context.with(own, inner),
    onEnd: (error) => {
      const endTime = clock.now();
      if (error !== undefined) recordFailure(span, error, endTime);
      span.end(endTime);
      settled();
      waits.leave();
    },
  };
}

function attributesOf({ workflow, version, runId, path, address, attempt, from }: ObservedCall) {
  return {
    [names.workflow]: workflow,
    ...(version !== undefined && { [names.version]: version }),
    [names.runId]: runId,
    [names.path]: path,
    [names.address]: address,
    [names.attempt]: attempt,
    ...(from && {
      [names.messagingSystem]: from.system,
      [names.messagingDestination]: from.destination,
      [names.messagingOperation]: 'process',
      [names.messagingOperationType]: 'process',
    }),
  } satisfies Attributes;
}
