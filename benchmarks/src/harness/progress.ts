/**
 * One line that says what is being measured, while a person is watching.
 * @module
 */

/** Shows and takes away the line. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

/**
 * Writes the line to a terminal, over and over in the same place. Anything that is no terminal gets
 * nothing: a log full of half lines helps nobody.
 */
export function progressLine(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show() {}, clear() {} };
  const clear = () => {
    stream.cursorTo(0);
    stream.clearLine(1);
  };
  return {
    show(text) {
      clear();
      stream.write(text.slice(0, stream.columns - 1));
    },
    clear,
  };
}
