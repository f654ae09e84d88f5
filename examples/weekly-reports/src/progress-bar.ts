/**
 * How far a program has come: a bar on a terminal, a line now and then in a pipe.
 * @module
 */

/** Where progress is shown. */
export interface Progress {
  /** One more is done. */
  tick(): void;
  /** Nothing more will be shown; whatever is printed next begins on a line of its own. */
  end(): void;
}

/** A terminal or a pipe, such as `process.stdout`. */
export type Output = Pick<NodeJS.WriteStream, 'isTTY'> & {
  /** How wide a terminal is; 0 when it does not say. */
  readonly columns?: number;
  write(text: string): unknown;
};

/** Shows nothing. */
export const silent: Progress = { tick: () => {}, end: () => {} };

const longest = 30;
const shortest = 5;
/** In a pipe, how many lines there are for the whole. */
const linesInPipe = 3;

/**
 * Begins to show progress.
 *
 * @param total - how many ticks make it complete.
 * @param output - a terminal gets a bar that is redrawn, anything else plain lines.
 * @param before - how much was done before. Default 0.
 */
export function progressBar(label: string, total: number, output: Output, before = 0): Progress {
  let done = before;
  // A line that does not fit would be drawn below itself, again and again.
  const beside = `${label}  ${total} of ${total}`.length;
  const room = (output.columns || 80) - 1 - beside;
  const width = Math.max(shortest, Math.min(longest, room));
  const draw = (): void => {
    const filled = Math.floor((width * done) / total);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    output.write(`\r${label} ${bar} ${done} of ${total}`);
  };
  if (output.isTTY) draw();
  return {
    tick() {
      done++;
      if (output.isTTY) draw();
      else if (done % Math.ceil(total / linesInPipe) === 0 || done === total) {
        output.write(`${label} ${done} of ${total}\n`);
      }
    },
    end() {
      if (output.isTTY) output.write('\n');
    },
  };
}
