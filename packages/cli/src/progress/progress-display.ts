/**
 * Shows how a run goes while it goes: a bar that is drawn again and again on a terminal, lines elsewhere.
 *
 * Invariant: it writes to stderr alone, and after `close()` the terminal is as if no bar had been there.
 * @module
 */
import type { Run, RunEvent, WorkflowDescription } from '@runafter/core';
import { writeJsonLine } from '../json-output.ts';
import type { Session } from '../session.ts';
import { ProgressLines } from './progress-lines.ts';
import { renderProgress } from './render-progress.ts';
import { RunProgress } from './run-progress.ts';

/** See the module's header. */
export interface ProgressDisplay {
  /** Says something that stays, above the bar where there is one. */
  note(text: string): void;
  close(): void;
}

/** Drawn again and again, told line by line, as a line of JSON for each event, or not at all. */
export const progressKinds = ['bar', 'lines', 'json', 'none'] as const;
export type ProgressKind = (typeof progressKinds)[number];

/** What is shown, and how. */
export interface DisplayOptions {
  readonly how: ProgressKind;
  /** Stands before lines, where there are several runs. */
  readonly label?: string;
  /** Paths that have ended in an earlier process, and how many items of loops. */
  readonly earlier?: Earlier | undefined;
}

/** What an earlier process has done of a run. */
export interface Earlier {
  readonly ended: readonly string[];
  readonly items: ReadonlyMap<string, number>;
}

/** Begins to show a run. Call it right after the run was started, and it misses nothing. */
export function showProgress(
  run: Run<unknown>,
  description: WorkflowDescription,
  session: Session,
  { how, label, earlier }: DisplayOptions,
): ProgressDisplay {
  const progress = new RunProgress(description);
  for (const path of earlier?.ended ?? []) progress.addEnded(path);
  for (const [path, items] of earlier?.items ?? []) progress.addEarlier(path, items);
  if (how === 'bar') return new ProgressBar(run, progress, session);
  const { stderr } = session;
  if (how === 'json') {
    const close = run.events.subscribe((event) => writeJsonLine(stderr, eventAsJson(event)));
    return { note: () => undefined, close };
  }
  if (how === 'none') return { note: (text) => stderr.write(`${text}\n`), close: () => undefined };
  const lines = new ProgressLines(progress, stderr, label);
  const unsubscribe = run.events.subscribe((event) => lines.observe(event));
  return { note: (text) => lines.write(text), close: unsubscribe };
}

/** An event for programs. The cause of an error is the program's own, and may hold anything. */
function eventAsJson(event: RunEvent): object {
  if (!('error' in event) || event.error === undefined) return event;
  const { code, message } = event.error;
  return { ...event, error: { code, message } };
}

/** Milliseconds between two drawings. */
const frame = 100;

class ProgressBar implements ProgressDisplay {
  readonly #progress: RunProgress;
  readonly #session: Session;
  readonly #since: number;
  readonly #unsubscribe: () => void;
  #cancelTimer: () => void;
  /** How many lines stand there. */
  #drawn = 0;

  constructor(run: Run<unknown>, progress: RunProgress, session: Session) {
    this.#progress = progress;
    this.#session = session;
    this.#since = session.clock.now();
    this.#unsubscribe = run.events.subscribe((event) => progress.observe(event));
    this.#cancelTimer = () => undefined;
    this.#draw();
  }

  note(text: string): void {
    this.#session.stderr.write(`${this.#erased()}${text}\n`);
    this.#redraw();
  }

  close(): void {
    this.#unsubscribe();
    this.#cancelTimer();
    this.#session.stderr.write(this.#erased());
  }

  #draw(): void {
    this.#redraw();
    this.#cancelTimer = this.#session.clock.setTimer(frame, () => this.#draw(), { ref: false });
  }

  #redraw(): void {
    const { stderr, clock } = this.#session;
    const { columns, style } = stderr;
    const drawing = { columns, style, now: clock.now(), since: this.#since };
    const lines = renderProgress(this.#progress, drawing);
    // One write, so that nothing else comes between.
    stderr.write(`${this.#erased()}${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  /** Up to the first line, and everything from there on away. */
  #erased(): string {
    const lines = this.#drawn;
    this.#drawn = 0;
    return lines === 0 ? '' : `\u001b[${lines}A\u001b[0J`;
  }
}
