/**
 * The shape of the code table: what every stable error code explains to the person who meets it.
 *
 * Each package keeps its codes in one file under codes/; error-codes.ts puts them together.
 * @module
 */

/** What one error code means, in three short texts. Plain sentences; Markdown code spans are allowed. */
export interface CodeEntry {
  /** The package that raises the code, e.g. `@runafter/clock`. */
  readonly package: string;
  /** What happened, as one sentence. */
  readonly title: string;
  /** Why it happens: the rule that was broken, or the situation outside that leads to it. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Codes and what they mean. A code is upper-case words joined by underscores: `DURATION_INVALID`. */
export type CodeTable = Readonly<Record<string, CodeEntry>>;

/**
 * Lists what is wrong with a code table; an empty list means that it is complete.
 *
 * Meant for a test: `expect(findCodeProblems(myCodes)).toEqual([])`.
 *
 * @returns one sentence per problem, each naming the code: a code that is not upper-case words, a
 *   text that is missing or does not end as a sentence.
 */
export function findCodeProblems(table: CodeTable): string[] {
  const problems: string[] = [];
  for (const [code, entry] of Object.entries(table)) {
    if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code)) {
      problems.push(`${code} is not written as upper-case words joined by underscores.`);
    }
    if (entry.package.trim() === '') problems.push(`${code} does not say its package.`);
    for (const text of ['title', 'why', 'fix'] as const) {
      if (entry[text].trim() === '') problems.push(`${code} has no ${text}.`);
      else if (!/[.?!]$/.test(entry[text])) {
        problems.push(`${code}: its ${text} does not end as a sentence.`);
      }
    }
  }
  return problems;
}
