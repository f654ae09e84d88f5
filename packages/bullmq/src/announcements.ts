/**
 * What processes of a distribution tell each other at once: that an attempt is to stop, that a run has
 * ended.
 *
 * They stand in a stream of BullMQ's events, so a process that was cut off for a moment still reads
 * them. Nothing depends on them: whoever misses one finds out from the store.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { RunEnd } from '@runafter/core';
import { QueueEvents, type QueueEventsOptions, QueueEventsProducer } from 'bullmq';
import { closeOrCut } from './closing.ts';
import type { DistributeOptions } from './options.ts';

/** The name of the stream, beside those of the queues. */
export const STREAM = 'announcements';

/** How many are kept for those who read late. */
const keptAnnouncements = 10_000;

export type Announcement =
  | { readonly kind: 'stop'; readonly jobId: string }
  | { readonly kind: 'ended'; readonly runId: string; readonly end: RunEnd };

export class Announcements {
  readonly #options: Pick<QueueEventsOptions, 'connection' | 'prefix'>;
  readonly #onFault: (error: Error) => void;
  readonly #listeners = new Set<(announcement: Announcement) => void>();
  #producer: QueueEventsProducer | undefined;
  #events: QueueEvents | undefined;

  constructor({ connection }: DistributeOptions, prefix: string, onFault: (error: Error) => void) {
    this.#options = { connection, prefix };
    this.#onFault = onFault;
  }

  /** Tells all processes; this one at once. One that cannot be told is a fault that nobody waits for. */
  async tell(announcement: Announcement): Promise<void> {
    this.#hear(announcement);
    try {
      await this.#producerOf().publishEvent(
        { eventName: 'announcement', text: JSON.stringify(announcement) },
        keptAnnouncements,
      );
    } catch (error) {
      this.#onFault(error as Error);
    }
  }

  /** @returns listens no more. */
  subscribe(listener: (announcement: Announcement) => void): () => void {
    this.#listeners.add(listener);
    this.#events ??= this.#listen();
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when nothing that is told from now on is missed. */
  async ready(): Promise<void> {
    await this.#events?.waitUntilReady();
  }

  async close(clock: Clock): Promise<void> {
    const opened = [this.#events, this.#producer].filter((one) => one !== undefined);
    await Promise.all(opened.map((one) => closeOrCut(one, clock)));
  }

  #producerOf(): QueueEventsProducer {
    if (this.#producer === undefined) {
      this.#producer = new QueueEventsProducer(STREAM, this.#options);
      this.#producer.on('error', this.#onFault);
    }
    return this.#producer;
  }

  #listen(): QueueEvents {
    const events = new QueueEvents(STREAM, this.#options);
    events.on('error', this.#onFault);
    // The types know BullMQ's own events alone.
    const on = events.on.bind(events) as (
      name: string,
      listener: (event: { text: string }) => void,
    ) => unknown;
    on('announcement', ({ text }) => this.#hear(JSON.parse(text) as Announcement));
    return events;
  }

  /** What is heard twice changes nothing the second time. */
  #hear(announcement: Announcement): void {
    for (const listener of [...this.#listeners]) listener(announcement);
  }
}
