/**
 * `npm run conformance`: every suite on every driver, and the matrix of what came out.
 *
 * `--containers` takes services from containers alone; `--only PATTERN` runs the pairs whose title
 * matches, such as `--only Counter` or `--only 'redis'`; `--json` prints the report and nothing else.
 * @module
 */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Pair, pairs } from '../../integration-tests/conformance/pairs.ts';
import { root, runTool } from '../workspace.ts';
import {
  compareWithTable,
  isConformant,
  reportAsJson,
  reportAsText,
} from './conformance-report.ts';
import { type Outcomes, outcomesVariable } from './conformance-reporter.ts';
import { conformanceFiles, titleOf } from './pair-title.ts';

/** @returns the exit code: 0 when every pair ran and passed. */
export async function runConformance(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    console.error(options);
    return 1;
  }
  const { containers, only, json } = options;
  const outcomes = await runSuites({ containers, only, output: json ? 'stderr' : 'stdout' });
  if (outcomes === undefined) {
    console.error('vitest ended before it could say what it found.');
    return 1;
  }
  const isChosen = (pair: Pair) => only === undefined || only.test(titleOf(pair));
  const compared = compareWithTable(outcomes.pairs.filter(isChosen), pairs.filter(isChosen), {
    skippedFails: Boolean(process.env.CI),
  });
  const report = { ...compared, faults: [...compared.faults, ...outcomes.faults] };
  if (!json && report.missing.length > 0) console.log(outcomes.reasons.join('\n'));
  console.log(json ? reportAsJson(report) : reportAsText(report));
  return isConformant(report) ? 0 : 1;
}

interface Options {
  readonly containers: boolean;
  readonly json: boolean;
  readonly only: RegExp | undefined;
}

/** @returns the options, or what is wrong with them. */
function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        containers: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        only: { type: 'string' },
      },
    });
    const only = values.only === undefined ? undefined : new RegExp(values.only, 'i');
    if (only !== undefined && !pairs.some((pair) => only.test(titleOf(pair)))) {
      return `No pair matches ${only}. There are:\n${pairs.map(titleOf).join('\n')}`;
    }
    return { ...values, only };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\nnpm run conformance takes --containers, --json and --only PATTERN.`;
  }
}

/** @returns undefined when vitest crashed. */
async function runSuites({
  containers,
  only,
  output,
}: {
  containers: boolean;
  only: RegExp | undefined;
  output: 'stdout' | 'stderr';
}): Promise<Outcomes | undefined> {
  const scratch = mkdtempSync(join(tmpdir(), 'runafter-conformance-'));
  const file = join(scratch, 'outcomes.json');
  const reporter = join(import.meta.dirname, 'conformance-reporter.ts');
  const chosen = only && pairs.filter((pair) => only.test(titleOf(pair)));
  try {
    await runTool(
      'vitest',
      [
        ...['run', '--typecheck.enabled=false'],
        ...['--reporter=default', `--reporter=${reporter}`],
        ...(chosen === undefined ? [conformanceFiles] : filtersFor(chosen)),
      ],
      { output, env: { [outcomesVariable]: file, ...(containers && { TEST_CONTAINERS: '1' }) } },
    );
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Arguments for vitest: the files that declare the pairs' suites, and of their tests those of the pairs. */
function filtersFor(chosen: readonly Pair[]): string[] {
  const calls = chosen.map(({ suite }) => `describe${suite}(`);
  const files = globSync(`*/**/*${conformanceFiles}`, {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  }).filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return calls.some((call) => text.includes(call));
  });
  return [...files, '-t', `(${chosen.map((pair) => escaped(titleOf(pair))).join('|')}) `];
}

/** The text as a regular expression that matches nothing else. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
