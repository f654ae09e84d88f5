/**
 * Checks what a run says of itself as a whole: handled failures, flagged ones, unsettled handlers, the
 * reason for its status, and its usage.
 * @module
 */
import type { Run, RunFacts } from '../../src/index.ts';
import { type Expected, everything } from './expected.ts';

/** What is wrong with the summary of a finished run, one line each. */
export function summaryComplaints(
  expected: Expected,
  run: Run<unknown>,
  facts: RunFacts,
): string[] {
  return [
    ...handledComplaints(expected, facts),
    ...flaggedComplaints(expected, facts),
    ...unsettledComplaints(expected, facts),
    ...reasonComplaints(expected, run),
    ...usageComplaints(expected, run),
  ];
}

/**
 * A failure is handled when the container around it Succeeded all the same; and a run that Succeeded
 * names at least one wherever anything in it did not.
 */
function* handledComplaints(run: Expected, { handledFailures }: RunFacts): Generator<string> {
  const named = new Set(handledFailures.map(({ path }) => path));
  const all = [run, ...everything(run)];
  const failures = all.flatMap(({ results }) => results).filter(isFailure);
  const surely = all
    .filter(({ status }) => status === 'Succeeded')
    .flatMap(({ results }) => results.filter(isFailure));
  for (const { path } of surely) {
    if (!named.delete(path)) yield `${path}: was handled, and is not named in handledFailures`;
  }
  for (const path of named) {
    const isKnown = failures.some((failure) => failure.path === path);
    if (!isKnown) yield `${path}: is named in handledFailures, and did not fail`;
  }
  if (run.status === 'Succeeded' && failures.length > 0 && handledFailures.length === 0) {
    yield `the run Succeeded although ${failures[0]?.path} did not, and handledFailures is empty`;
  }
}

/** What was only cancelled is nothing to look at. */
function* flaggedComplaints(run: Expected, { flagged }: RunFacts): Generator<string> {
  const must = everything(run).filter((one) => one.isImportant && isFailure(one));
  yield* nameComplaints(
    'flagged',
    flagged.map(({ path }) => path),
    must,
  );
}

function* unsettledComplaints(run: Expected, { unsettled }: RunFacts): Generator<string> {
  const must = everything(run).filter((one) => one.unsettled);
  yield* nameComplaints('unsettled', unsettled, must);
}

function* nameComplaints(
  list: string,
  named: readonly string[],
  must: readonly Expected[],
): Generator<string> {
  const paths = must.map(({ path }) => path);
  for (const path of paths) {
    if (!named.includes(path)) yield `${path}: is not named in ${list}`;
  }
  for (const path of named) {
    if (!paths.includes(path)) yield `${path}: is named in ${list}`;
  }
  if (new Set(named).size < named.length) yield `${list}: names something twice`;
}

/** The chain begins at a leaf that makes the run Failed, and leads to something that did not succeed. */
function* reasonComplaints(run: Expected, actual: Run<unknown>): Generator<string> {
  if (actual.status !== run.status) yield `run.status is ${actual.status}`;
  const { status: explained, text, chain } = actual.why();
  if (explained !== run.status) yield `why() explains ${explained}`;
  if (!text.includes(run.status)) yield `why() does not name the status: ${text}`;
  if (run.status !== 'Failed') return;
  const known = new Map(everything(run).map((record) => [record.path, record]));
  const [leaf, ...rest] = chain.map((step) => known.get(step.path));
  if (!run.results.some((record) => record === leaf && record.isFailingLeaf)) {
    yield `why() begins with ${chain[0]?.path}, which does not decide the status`;
  }
  const cause = rest.at(-1) ?? leaf;
  if (cause === undefined || !isFailure(cause)) yield `why() ends at ${chain.at(-1)?.path}`;
  for (const { path, status } of chain) {
    if (known.get(path)?.status !== status) yield `why() says that ${path} is ${status}`;
  }
}

function* usageComplaints(run: Expected, actual: Run<unknown>): Generator<string> {
  const { attempts } = actual.usage();
  const calls = everything(run).reduce((sum, record) => sum + record.calls, 0);
  if (attempts !== calls) yield `usage() counts ${attempts} attempts, must count ${calls}`;
}

function isFailure({ status }: Expected): boolean {
  return status === 'Failed' || status === 'TimedOut';
}
