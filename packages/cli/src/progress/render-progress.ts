/**
 * A progress bar as lines of text: how far the run is, what runs now, what waits for its next attempt.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import { printable } from '../printable.ts';
import type { Style } from '../session.ts';
import { shortened } from '../text-width.ts';
import type { RunningAction, RunProgress } from './run-progress.ts';

/** Where and when it is drawn. */
export interface Drawing {
  readonly columns: number;
  readonly style: Style;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** When the run began. */
  readonly since: number;
}

const barWidth = 28;
const mostListed = 5;

/** The lines, none wider than the terminal. */
export function renderProgress(progress: RunProgress, drawing: Drawing): string[] {
  const { running } = progress;
  const left = running.length - mostListed;
  const shown = running.slice(0, mostListed);
  const lines = [headLine(progress, drawing), ...shown.map((each) => actionLine(each, drawing))];
  if (left > 0) lines.push(drawing.style.dim(`  … and ${left} more`));
  return lines;
}

function headLine(progress: RunProgress, { columns, style, now, since }: Drawing): string {
  const { done, total, failures, retries, throttled } = progress;
  const share = total === 0 ? 0 : done / total;
  const facts = [
    `${done}/${total}`,
    `${Math.floor(share * 100)}%`,
    seconds(now - since),
    ...(failures > 0 ? [`${failures} failed`] : []),
    ...(retries > 0
      ? [`${retries} retried${throttled > 0 ? ` (${throttled} throttled)` : ''}`]
      : []),
  ].join('  ');
  const width = Math.max(0, Math.min(barWidth, columns - facts.length - 24));
  const full = Math.round(share * width);
  const bar = style.green('━'.repeat(full)) + style.dim('─'.repeat(width - full));
  const room = columns - facts.length - width - 4;
  const name = shortened(printable(progress.workflow), Math.max(1, room));
  return `${style.bold(name)} ${bar}  ${shortened(facts, Math.max(1, columns - width - 4))}`;
}

function actionLine({ path, since, attempt, retry }: RunningAction, drawing: Drawing): string {
  const { columns, style, now } = drawing;
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  const state =
    retry === undefined
      ? `${seconds(now - since)}${again}`
      : `${retry.isThrottled ? 'throttled' : 'failed'}, again in ${seconds(retry.at - now)}`;
  const name = shortened(printable(path), Math.max(1, columns - state.length - 5));
  return `  ${name}  ${retry === undefined ? style.dim(state) : style.yellow(state)}`;
}

/** A duration that does not flicker: whole seconds. */
function seconds(ms: number): string {
  return ms < 1000 ? '0s' : formatDuration(Math.floor(ms / 1000) * 1000);
}
