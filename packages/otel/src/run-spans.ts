/**
 * One run as a tree of spans: the run, its actions and containers, iterations, attempts.
 *
 * Invariant: every span that is begun ends, at the latest with the run, or when this process leaves it.
 * Times are those of the events, so a run on a virtual clock has the spans of its own time.
 * Read next: span-places.ts (which spans there are), failures.ts.
 * @module
 */
import type { Attributes, Span } from '@opentelemetry/api';
import type { ActionError, RunEvent, Status } from '@runafter/core';
import { names } from './attribute-names.ts';
import { exception, recordFailure } from './failures.ts';
import type { SpanPlace, SpanPlaces } from './span-places.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;
type ActionEvent = EventOf<
  'action.started' | 'action.ended' | 'action.flagged' | 'attempt.started' | 'attempt.ended'
>;

export class RunSpans {
  readonly #places: SpanPlaces;
  readonly #root: SpanPlace;
  readonly #runId: string;

  /** @param root - the run's own span, which has begun. */
  constructor(runId: string, root: SpanPlace, places: SpanPlaces) {
    this.#runId = runId;
    this.#root = root;
    this.#places = places;
  }

  /** That of an attempt; before it has begun, of what it will stand in. */
  placeOf(runId: string, path: string): SpanPlace {
    return this.#places.at(attemptKey(runId, path)) ?? this.#around(runId, path);
  }

  onEvent(event: RunEvent): void {
    switch (event.type) {
      case 'run.started':
        this.#childStarted(event);
        break;
      case 'run.ended':
        this.#childEnded(event);
        break;
      case 'iteration.started':
        this.#iterationStarted(event);
        break;
      case 'iteration.ended':
        this.#iterationEnded(event);
        break;
      case 'action.started':
        this.#actionStarted(event, event.time);
        break;
      case 'action.ended':
        this.#actionEnded(event);
        break;
      case 'action.flagged':
        this.#tell(event, 'runafter.flagged');
        break;
      case 'attempt.started':
        this.#attemptStarted(event);
        break;
      case 'attempt.ended':
        this.#attemptEnded(event);
        break;
      default:
    }
  }

  /** The run has ended. */
  end({ error, status, time }: EventOf<'run.ended'>): void {
    this.#endAll(time);
    endSpan(this.#root.span, names.runStatus, status, error, time);
  }

  /** The run goes on without this process. */
  leave({ error, time }: EventOf<'run.left'>): void {
    this.#endAll(time, { [names.left]: error.code });
    this.#root.span?.setAttribute(names.left, error.code).end(time);
  }

  #endAll(time: Date, attributes: Attributes = {}): void {
    this.#places.endAll((span) => span.setAttributes(attributes).end(time));
  }

  /** What a path stands in, or itself: the nearest that is open. */
  #around(runId: string, path: string): SpanPlace {
    for (let around = path; ; around = outside(around)) {
      const place = this.#places.at(keyOf(runId, around));
      if (place !== undefined) return place;
      if (around === '') return this.#root;
    }
  }

  #outside({ runId, path }: { readonly runId: string; readonly path: string }): SpanPlace {
    return this.#around(runId, outside(path));
  }

  #childStarted({ parent, runId, time, workflow }: EventOf<'run.started'>): void {
    if (runId === this.#runId || parent === undefined) return;
    const attributes = { [names.workflow]: workflow, [names.runId]: runId };
    const around = this.#around(parent.runId, parent.path);
    this.#places.open(keyOf(runId, ''), around, {
      ...{ name: `run ${workflow}`, startTime: time, attributes },
    });
  }

  #childEnded({ error, runId, status, time }: EventOf<'run.ended'>): void {
    const key = keyOf(runId, '');
    endSpan(this.#places.at(key)?.span, names.runStatus, status, error, time);
    this.#places.close(key);
  }

  #iterationStarted(event: EventOf<'iteration.started'>): void {
    const { address, index, path, runId, time } = event;
    const attributes = { ...commonOf(event), [names.index]: index };
    this.#places.openIteration(keyOf(runId, path), this.#outside(event), {
      ...{ name: `iteration ${address}`, startTime: time, attributes },
    });
  }

  #iterationEnded({ path, runId, status, time }: EventOf<'iteration.ended'>): void {
    const key = keyOf(runId, path);
    endSpan(this.#places.at(key)?.span, names.status, status, undefined, time);
    this.#places.close(key);
  }

  #actionStarted(event: ActionEvent, startTime: Date): SpanPlace {
    const { address, kind, path, runId } = event;
    return this.#places.open(keyOf(runId, path), this.#outside(event), {
      ...{ name: `${kind} ${address}`, startTime },
      attributes: { ...commonOf(event), [names.kind]: kind },
    });
  }

  #actionEnded(event: EventOf<'action.ended'>): void {
    const { duration, error, path, runId, status, time } = event;
    const key = keyOf(runId, path);
    const begun = this.#places.at(key);
    if (begun === undefined && status === 'Skipped') {
      // Of an iteration without a span nothing is told but failures: an SDK keeps 128 events of a span.
      if (this.#outside(event).span !== undefined) this.#tell(event, 'runafter.skipped');
      return;
    }
    // What fails before its handler is called was never told to have started.
    const place = begun ?? this.#actionStarted(event, new Date(time.getTime() - duration));
    if (place.span === undefined && isFailure(status)) this.#tell(event, 'runafter.failed');
    endSpan(place.span, names.status, status, error, time);
    this.#places.close(key);
  }

  #attemptStarted(event: EventOf<'attempt.started'>): void {
    const { address, attempt, path, runId, time } = event;
    this.#places.open(attemptKey(runId, path), this.#around(runId, path), {
      ...{ name: `attempt ${address}`, startTime: time },
      attributes: { ...commonOf(event), [names.attempt]: attempt },
    });
  }

  #attemptEnded(event: EventOf<'attempt.ended'>): void {
    const { attempt, error, path, runId, status, time, wait } = event;
    const key = attemptKey(runId, path);
    endSpan(this.#places.at(key)?.span, names.status, status, error, time);
    this.#places.close(key);
    if (wait === undefined) return;
    const attributes = { [names.attempt]: attempt, [names.retryWait]: wait };
    const why = error && { [names.errorType]: error.code };
    this.#places
      .at(keyOf(runId, path))
      ?.span?.addEvent('runafter.retry', { ...attributes, ...why }, time);
  }

  /** An event of what is around it: nearest to it that has a span. */
  #tell(event: EventOf<'action.ended' | 'action.flagged'>, name: string): void {
    const { error, path, runId, status, time } = event;
    for (let around = path; around !== ''; ) {
      around = outside(around);
      const place = around === '' ? this.#around(runId, '') : this.#places.at(keyOf(runId, around));
      if (place?.span === undefined) continue;
      place.span.addEvent(
        name,
        {
          ...{ [names.path]: path, [names.status]: status },
          ...(error && { [names.errorType]: error.code, ...exception(error.code, error.message) }),
        },
        time,
      );
      return;
    }
  }
}

/** Ends a span as what it is of has ended. To be cancelled or skipped is no error. */
function endSpan(
  span: Span | undefined,
  statusName: string,
  status: Status,
  error: ActionError | undefined,
  time: Date,
): void {
  if (span === undefined) return;
  span.setAttribute(statusName, status);
  if (isFailure(status)) recordFailure(span, error ?? { code: status, message: status }, time);
  span.end(time);
}

function isFailure(status: Status): boolean {
  return status === 'Failed' || status === 'TimedOut';
}

function commonOf({
  address,
  path,
  runId,
  workflow,
}: Pick<ActionEvent, 'address' | 'path' | 'runId' | 'workflow'>): Attributes {
  return {
    [names.workflow]: workflow,
    [names.runId]: runId,
    [names.address]: address,
    [names.path]: path,
  };
}

/** `Orders[3]/Mail` is in `Orders[3]`, that in `Orders`, and that in the run, which is empty. */
function outside(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/'), path.lastIndexOf('[')));
}

function keyOf(runId: string, path: string): string {
  return JSON.stringify([runId, path]);
}

function attemptKey(runId: string, path: string): string {
  return JSON.stringify([runId, path, 'attempt']);
}
