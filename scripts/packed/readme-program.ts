/**
 * The first program of a README: what people copy before they have read anything else.
 *
 * It is taken from the README itself, so that what is checked cannot be another one than what is shown.
 * @module
 */

/** A program, and what its page says that it prints. */
export interface ReadmeProgram {
  readonly code: string;
  /** The comment behind each `console.log(…);`, which begins with the line that is printed. */
  readonly comments: readonly string[];
}

/**
 * Cuts the first block of TypeScript out of a README.
 *
 * @throws {Error} when there is none, or when it does not say what it prints.
 */
export function firstProgram(readme: string): ReadmeProgram {
  const [, code] = /^```ts\b.*\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  if (code === undefined) throw new Error('The README has no block of TypeScript.');
  const comments = [...code.matchAll(/^.*\bconsole\.log\(.*\); \/\/ (.+)$/gm)].map(
    ([, comment = '']) => comment,
  );
  if (comments.length === 0) {
    throw new Error("The README's first program has no `console.log(…); // what it prints`.");
  }
  return { code, comments };
}

/**
 * What a program did not print, though its page says so.
 *
 * @param printed - the lines; others may stand between those of which the page speaks.
 * @returns the first comment that no line fits; undefined when all is as the page says.
 */
export function firstUntrue(
  { comments }: ReadmeProgram,
  printed: readonly string[],
): string | undefined {
  let at = 0;
  return comments.find((comment) => {
    const found = printed.findIndex((line, place) => place >= at && beginsWith(comment, line));
    at = found + 1;
    return found === -1;
  });
}

/** `1n, and nobody else gets it` begins with `1n`, not with `1`. */
function beginsWith(comment: string, line: string): boolean {
  return line !== '' && comment.startsWith(line) && !/^\w/.test(comment.slice(line.length));
}
