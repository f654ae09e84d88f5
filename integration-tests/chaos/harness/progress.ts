/**
 * How far a crew has come: a bar on a terminal, a few lines in a pipe.
 * @module
 */
import { systemClock } from '@runafter/clock';

/** Where it is shown, such as `process.stderr`. */
export type Output = Pick<NodeJS.WriteStream, 'isTTY'> & {
  readonly columns?: number;
  write(text: string): unknown;
};

/** Shows the progress of one piece of work. */
export interface Progress {
  /** @param beside - what else there is to say, such as how many were killed. */
  show(done: number, beside: string): void;
  /** Whatever is printed next begins on a line of its own. */
  end(): void;
}

const barWidth = 24;
/** Milliseconds between two drawings of the bar. */
const redrawTime = 100;
/** In a pipe, how many lines there are for the whole. */
const linesInPipe = 4;

/** @param total - how much there is to do. */
export function showProgress(label: string, total: number, output: Output): Progress {
  if (!output.isTTY) {
    let quarter = 0;
    return {
      show(done, beside) {
        const now = Math.floor((linesInPipe * done) / total);
        if (now === quarter) return;
        quarter = now;
        output.write(`${label} ${count(done)} of ${count(total)}${beside}\n`);
      },
      end() {},
    };
  }
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show(done, beside) {
      const now = systemClock.monotonic();
      if (now - drawnAt < redrawTime && done < total) return;
      drawnAt = now;
      const filled = Math.floor((barWidth * done) / total);
      const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
      const line = `${label} ${bar} ${count(done)} of ${count(total)}${beside}`;
      // A line that does not fit would be drawn below itself, again and again.
      output.write(`\r${line.slice(0, (output.columns || 80) - 1)}`);
    },
    end() {
      output.write('\n');
    },
  };
}

/** A number for people: 100,000. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
