/**
 * What one process has traced. Each has a provider of its own here, as if it were another process; the
 * context manager is that of all.
 * @module
 */
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Telemetry } from '@runafter/core';
import { telemetry } from '@runafter/otel';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

export class TracedProcess {
  readonly #exporter = new InMemorySpanExporter();
  readonly tracers: TracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: this.#exporter })],
  });
  readonly telemetry: Telemetry = telemetry({ tracer: this.tracers.getTracer('test') });

  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** The only one of this name. */
  span(name: string): ReadableSpan {
    const [only, ...others] = this.spans.filter((span) => span.name === name);
    if (only !== undefined && others.length === 0) return only;
    const names = this.spans.map((span) => span.name).join(', ');
    throw new Error(`There is not one span "${name}" among ${names}.`);
  }
}
