/**
 * The first program of a README: what people copy before they have read anything else.
 *
 * It is taken from the README itself, so that what is checked cannot be another one than what is shown.
 * @module
 */

/** A program, and what its page says that it prints. */
export interface ReadmeProgram {
  readonly code: string;
  /** A line for each `console.log(…); // the line`. */
  readonly prints: readonly string[];
}

/**
 * Cuts the first block of TypeScript out of a README.
 *
 * @throws {Error} when there is none, or when nothing on the page says what it prints.
 */
export function firstProgram(readme: string): ReadmeProgram {
  const [, code] = /^```ts\b.*\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  if (code === undefined) throw new Error('The README has no block of TypeScript.');
  const prints = [...code.matchAll(/^\s*(?:if .*)?console\.log\(.*\); \/\/ (.+)$/gm)].map(
    ([, line = '']) => line,
  );
  if (prints.length === 0) {
    throw new Error("The README's first program has no `console.log(…); // what it prints`.");
  }
  return { code, prints };
}
