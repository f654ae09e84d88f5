/**
 * Keeps the cookbook true: runs each program under docs/recipes/ and compares the pages with what
 * they quote of it.
 *
 * Invariant: a page shows only code that has just run. So each program must be quoted by a page, must
 * end with exit code 0 (it asserts its own claims), and each quote must be its source to the letter.
 * Read next: quotes.ts and regions.ts for the format.
 * @module
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { captureProgram } from '../run-program.mjs';
import type { Ending } from '../tally.ts';
import { root, sourceCondition } from '../workspace.ts';
import { findQuotes, type Quote, rewriteQuotes } from './quotes.ts';
import { readRegion } from './regions.ts';

/** The pages that may quote a program. */
const pagePatterns = ['README.md', '{packages,examples}/*/README.md', 'docs/**/*.md'];
const programPattern = 'docs/recipes/*.ts';
const timeLimitMs = 60_000;

/** One line of the report. */
interface Check {
  readonly name: string;
  /** Why it failed; undefined when it passed. */
  readonly failure: string | undefined;
}

/**
 * Checks the pages, runs the programs and prints a line for each.
 *
 * @param workspace - the folder that has `docs/`; this workspace unless given.
 * @returns one test per page that quotes and one per program, or undefined when there are neither.
 */
export async function runRecipes(workspace: string = root): Promise<Ending | undefined> {
  const pages = findPages(workspace);
  const programs = find(workspace, [programPattern]);
  const quoted = new Set(pages.flatMap((page) => sourcesOf(workspace, page)));
  const checks: Check[] = [];
  const report = (check: Check): void => {
    checks.push(check);
    console.log(describe(check));
  };
  for (const page of pages)
    report({ name: page, failure: failureOf(() => checkPage(workspace, page)) });
  for (const program of programs) {
    const failure = quoted.has(program)
      ? await runRecipe(workspace, program)
      : 'No page quotes it. Quote it on a page of docs/cookbook/, or remove it.';
    report({ name: program, failure });
  }
  if (checks.length === 0) return undefined;
  const failed = checks.filter(({ failure }) => failure !== undefined).length;
  const tally = { passed: checks.length - failed, failed, skipped: 0 };
  return { runner: 'recipes', exitCode: failed === 0 ? 0 : 1, tally };
}

/**
 * Writes fresh text into each quote.
 *
 * @returns the pages that changed, relative to the workspace.
 * @throws {Error} when a page quotes something that does not exist.
 */
export function writeQuotes(workspace: string = root): string[] {
  return findPages(workspace).filter((page) => {
    const path = join(workspace, page);
    const before = readFileSync(path, 'utf8');
    const after = rewriteQuotes(before, (quote) => textFor(workspace, page, quote));
    if (after !== before) writeFileSync(path, after);
    return after !== before;
  });
}

/** The pages with a quote. A page that cannot be read for quotes is among them, to be reported. */
function findPages(workspace: string): string[] {
  return find(workspace, pagePatterns).filter((page) =>
    /^\s*(```|~~~).*\sfile=/m.test(readFileSync(join(workspace, page), 'utf8')),
  );
}

function find(workspace: string, patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: workspace, exclude: ['**/node_modules/**'] }).sort();
}

/** The files that a page quotes, relative to the workspace. */
function sourcesOf(workspace: string, page: string): string[] {
  try {
    return quotesOn(workspace, page).map(({ file }) => sourceOf(workspace, page, file));
  } catch {
    // checkPage() reports it.
    return [];
  }
}

function quotesOn(workspace: string, page: string): Quote[] {
  return findQuotes(readFileSync(join(workspace, page), 'utf8'));
}

function sourceOf(workspace: string, page: string, file: string): string {
  return relative(workspace, resolve(workspace, dirname(page), file));
}

/** @throws {Error} when a quote on the page is not what its source says. */
function checkPage(workspace: string, page: string): void {
  for (const quote of quotesOn(workspace, page)) {
    if (quote.text !== textFor(workspace, page, quote)) {
      throw new Error(
        `line ${quote.line}: the quote is not what ${quote.file} says now. ` +
          'Run `npm run recipes -- --write` and look at the change.',
      );
    }
  }
}

/** What the quote must say. */
function textFor(workspace: string, page: string, { file, region, line }: Quote): string {
  const source = sourceOf(workspace, page, file);
  if (source.startsWith('..') || !existsSync(join(workspace, source))) {
    throw new Error(`line ${line}: it quotes ${file}, but there is no ${source} in the workspace.`);
  }
  try {
    return readRegion(readFileSync(join(workspace, source), 'utf8'), region);
  } catch (error) {
    throw new Error(`line ${line}: it quotes ${file}. ${messageOf(error)}`, { cause: error });
  }
}

async function runRecipe(workspace: string, program: string): Promise<string | undefined> {
  const { code, output } = await captureProgram(
    process.execPath,
    [`--conditions=${sourceCondition}`, program],
    { cwd: workspace, timeout: timeLimitMs },
  );
  if (code === 0) return undefined;
  return `It ended with exit code ${code}. It printed:\n${output.trimEnd()}`;
}

function failureOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describe({ name, failure }: Check): string {
  if (failure === undefined) return ` ✓ ${name}`;
  return ` ✗ ${name}\n   ${failure.replaceAll('\n', '\n   ')}`;
}
