/**
 * `npm run size`: what each import costs in bytes, next to the budget that budgets.json keeps for it.
 *
 * A budget is the size that somebody has last looked at and written with `--write`. So whatever makes an
 * import heavier shows in review, as a change of that file.
 * Read next: bundle.ts, how it is measured; measured-imports.ts, what is.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../workspace.ts';
import { type Bundle, bundle, textOf } from './bundle.ts';
import { measuredImports } from './measured-imports.ts';

/** Bytes of one import. */
export type Size = Pick<Bundle, 'minified' | 'brotli'>;

/** Each import by its text. */
export type Sizes = Readonly<Record<string, Size>>;

const budgetFile = join(import.meta.dirname, 'budgets.json');

/** More than this part above its budget is too much… */
const tolerance = 0.02;
/** …unless it is so few bytes that rewording a message may do it. */
const negligibleBytes = 50;

/** @returns the exit code: 1 when an import is heavier than its budget, or a budget is missing. */
export async function checkSizes(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--write');
  if (unknown !== undefined) {
    console.error(`npm run size takes --write and nothing else, not "${unknown}".`);
    return 1;
  }
  const budgets = JSON.parse(readFileSync(budgetFile, 'utf8')) as Sizes;
  const sizes = await measure();
  console.log(tableOf(sizes, budgets));
  if (args.includes('--write')) {
    writeFileSync(budgetFile, `${JSON.stringify(sizes, null, 2)}\n`);
    console.log(`\nWritten to ${relative(root, budgetFile)}.`);
    return 0;
  }
  const problems = findOverruns(sizes, budgets);
  for (const problem of problems) console.error(`\n${problem}`);
  if (problems.length === 0) return 0;
  console.error('\nWhen it is worth its bytes: npm run size -- --write, and commit the budgets.');
  return 1;
}

async function measure(): Promise<Sizes> {
  const measured = await Promise.all(
    measuredImports().map(async (one) => {
      const { minified, brotli } = await bundle(one);
      return [textOf(one), { minified, brotli }] as const;
    }),
  );
  return Object.fromEntries(measured);
}

/**
 * What is against the budgets.
 *
 * @returns one sentence for each import that is too heavy, has no budget, or is no longer there.
 */
export function findOverruns(sizes: Sizes, budgets: Sizes): string[] {
  const measured = Object.entries(sizes).flatMap(([name, size]) => {
    const budget = budgets[name];
    if (budget === undefined) return [`${name} has no budget.`];
    return (['minified', 'brotli'] as const)
      .filter((kind) => exceeds(size[kind], budget[kind]))
      .map((kind) => `${name} has ${size[kind]} bytes (${kind}); its budget is ${budget[kind]}.`);
  });
  const gone = Object.keys(budgets).filter((name) => !(name in sizes));
  return [...measured, ...gone.map((name) => `${name} has a budget, but is no longer measured.`)];
}

function exceeds(size: number, budget: number): boolean {
  return size - budget > Math.max(budget * tolerance, negligibleBytes);
}

function tableOf(sizes: Sizes, budgets: Sizes): string {
  const rows = Object.entries(sizes).map(([name, { minified, brotli }]) => [
    name,
    kilobytes(minified),
    kilobytes(brotli),
    change(brotli, budgets[name]?.brotli),
  ]);
  const all = [['import', 'minified', 'brotli', ''], ...rows];
  const [width = 0] = all.map(([name = '']) => name.length).sort((a, b) => b - a);
  return all
    .map(([name = '', ...cells]) =>
      [name.padEnd(width), ...cells.map((cell) => cell.padStart(9))].join(' ').trimEnd(),
    )
    .join('\n');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** How far the size is from its budget, where that is worth a word. */
function change(size: number, budget: number | undefined): string {
  if (budget === undefined) return 'new';
  const percent = (size / budget - 1) * 100;
  return Math.abs(percent) < 0.5 ? '' : `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}
