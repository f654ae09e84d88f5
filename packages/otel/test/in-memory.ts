/**
 * An OpenTelemetry of the tests' own: what it was given, as a tree of names.
 * @module
 */
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Telemetry } from '@runafter/core';
import { type TelemetryOptions, telemetry } from '../src/index.ts';

const manager = new AsyncLocalStorageContextManager();

/** Until this is called, no context reaches a handler. */
export function enableContext(): void {
  context.setGlobalContextManager(manager.enable());
}

export function disableContext(): void {
  context.disable();
}

export class InMemory {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#metrics,
    exportIntervalMillis: 3_600_000,
  });
  readonly tracers: TracerProvider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: this.#spans })],
  });
  readonly #meters = new MeterProvider({ readers: [this.#reader] });

  telemetry(options: TelemetryOptions = {}): Telemetry {
    return telemetry({
      tracer: this.tracers.getTracer('test'),
      meter: this.#meters.getMeter('test'),
      ...options,
    });
  }

  get spans(): readonly ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  span(name: string): ReadableSpan {
    const [only, ...others] = this.spans.filter((span) => span.name === name);
    if (only === undefined || others.length > 0) throw new Error(`Not one span "${name}".`);
    return only;
  }

  /** Every span below the one whose child it is, each level by its start and name. */
  tree(): string {
    const ids = new Set(this.spans.map((span) => span.spanContext().spanId));
    const below = (id: string | undefined, indent: string): string =>
      this.spans
        .filter(({ parentSpanContext: parent }) =>
          id === undefined ? !ids.has(parent?.spanId ?? '') : parent?.spanId === id,
        )
        .sort((a, b) => millis(a.startTime) - millis(b.startTime) || (a.name < b.name ? -1 : 1))
        .map((span) => `${indent}${span.name}\n${below(span.spanContext().spanId, `${indent}  `)}`)
        .join('');
    return below(undefined, '');
  }

  /** The points of a metric: attributes, and a number or how many and how much. */
  async points(name: string): Promise<readonly { attributes: object; value: unknown }[]> {
    await this.#reader.forceFlush();
    const exported = this.#metrics.getMetrics().at(-1)?.scopeMetrics ?? [];
    const metric = exported
      .flatMap(({ metrics }) => metrics)
      .find(({ descriptor }) => descriptor.name === name);
    return (metric?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value }));
  }

  async close(): Promise<void> {
    await Promise.all([this.tracers.shutdown(), this.#meters.shutdown()]);
  }
}

function millis([seconds, nanos]: ReadableSpan['startTime']): number {
  return seconds * 1_000 + nanos / 1e6;
}
