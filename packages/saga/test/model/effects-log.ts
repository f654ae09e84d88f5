/**
 * What was done and undone in the world, in order, over all processes of a run.
 * @module
 */

/** A step in one item of the run. */
export interface Place {
  readonly item: number;
  readonly step: string;
}

export interface EffectEvent extends Place {
  readonly what:
    | 'begins'
    | 'told-to-stop'
    | 'takes-effect'
    /** An effect of a step that was undone already: the world refuses it. */
    | 'comes-too-late'
    | 'settles'
    | 'undo-begins'
    | 'undo-ends';
  /** The idempotency key of the step. */
  readonly key: string;
  /** The number of the process, from 1. */
  readonly life: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Which call of the handler, or of the compensation, from 1, over all processes. */
  readonly call: number;
  /** How a handler settles, or a compensation ends. */
  readonly how?: 'ok' | 'failed' | 'not-done' | 'stopped';
  /** The idempotency key of the undoing. */
  readonly undoKey?: string;
  /** What a compensation was called with. */
  readonly done?: { readonly outputs: unknown } | { readonly unknown: true };
}

export class EffectsLog {
  readonly events: EffectEvent[];
  readonly #write: (event: EffectEvent) => void;

  /**
   * @param before - what earlier processes have written.
   * @param write - called with each event after it.
   */
  constructor(
    before: readonly EffectEvent[] = [],
    write: (event: EffectEvent) => void = () => undefined,
  ) {
    this.events = [...before];
    this.#write = write;
  }

  add(event: EffectEvent): void {
    this.events.push(event);
    this.#write(event);
  }

  count(what: EffectEvent['what'], place: Place): number {
    return eventsAt(this.events, place).filter((event) => event.what === what).length;
  }

  isUndone(place: Place): boolean {
    return eventsAt(this.events, place).some(
      ({ what, how }) => what === 'undo-ends' && how === 'ok',
    );
  }
}

export function eventsAt(
  events: readonly EffectEvent[],
  { item, step }: Place,
): readonly EffectEvent[] {
  return events.filter((event) => event.item === item && event.step === step);
}
