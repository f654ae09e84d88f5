/** How far a run is, counted, drawn and told. */
import { stripVTControlCharacters } from 'node:util';
import {
  describe as describeWorkflow,
  type Flow,
  type RunEvent,
  settled,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { showProgress } from '../src/progress/progress-display.ts';
import { renderProgress } from '../src/progress/render-progress.ts';
import { loopOf, RunProgress } from '../src/progress/run-progress.ts';
import { type FakeSession, fakeSession } from './fake-session.ts';

const hires = workflow('Hires', (flow: Flow<readonly number[]>) => {
  const read = flow.action('Read', ({ input }) => input);
  const each = flow.forEach(
    'Each',
    [read],
    ([all]) => all,
    (hire) => hire.action('Account', ({ item }) => item),
  );
  const big = flow.condition('Big', [settled(each)], () => false, {
    then: (branch) => branch.scope('Party', [], (party) => party.action('Cake', () => 1)),
  });
  flow.action('Report', [settled(big)], () => 'done');
});

/** Runs it and gives what has been counted after each event. */
async function counted(input: readonly number[]): Promise<{ done: number; total: number }[]> {
  const progress = new RunProgress(describeWorkflow(hires));
  const seen: { done: number; total: number }[] = [];
  const onEvent = (event: RunEvent): void => {
    progress.observe(event);
    seen.push({ done: progress.done, total: progress.total });
  };
  const { status } = await start(hires, input, { onEvent }).finished;
  expect(status).toBe('Succeeded');
  return seen;
}

describe('what is counted', () => {
  it('ends at all of it, also with a branch that was not taken', async () => {
    const last = (await counted([1, 2, 3])).at(-1);
    // Read, Each and its 3 items, Big, then, Party, Cake, Report.
    expect(last?.done).toBe(last?.total);
    expect(last?.total).toBeGreaterThanOrEqual(10);
  });

  it('only grows', async () => {
    const shares = (await counted([1, 2, 3])).map(({ done }) => done);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it('is right for a loop without items', async () => {
    const last = (await counted([])).at(-1);
    expect(last?.done).toBe(last?.total);
  });

  it('is all of a loop that was left early', () => {
    const progress = new RunProgress(describeWorkflow(hires));
    const each = { runId: 'r', workflow: 'Hires', time: new Date(0), address: 'Each' };
    const loop = { ...each, path: 'Each', name: 'Each', kind: 'forEach' } as const;
    const { total } = progress;
    const item = { ...each, path: 'Each[0]', loop: 'Each', index: 0, total: 10 };
    progress.observe({ ...item, type: 'iteration.started' });
    expect(progress.total).toBe(total + 10);
    progress.observe({ ...loop, type: 'action.ended', status: 'TimedOut', duration: 5 });
    expect(progress.done).toBe(11);
  });

  it('goes on where an earlier process stopped', () => {
    const session = fakeSession({ isTerminal: true });
    const run = start(hires, [1, 2, 3], { clock: session.clock });
    const earlier = { ended: ['Read'], items: new Map([['Each', 2]]) };
    const display = showProgress(run, describeWorkflow(hires), session, { how: 'bar', earlier });
    expect(session.written.stderr).toContain(' 3/');
    display.close();
  });
});

it.each([
  ['Orders[3]', 'Orders'],
  ['Orders[3]/Lines[0]', 'Orders[3]/Lines'],
  ['Scope/Orders[id=7]', 'Scope/Orders'],
])('%s is an item of %s', (path, loop) => {
  expect(loopOf(path)).toBe(loop);
});

const facts = { runId: 'r', workflow: 'Hires', name: 'Mail', kind: 'action' as const };
const at = (ms: number): Date => new Date(ms);

function retrying(path: string, cause: unknown): RunProgress {
  const progress = new RunProgress(describeWorkflow(hires));
  const error = { code: 'HTTP_429', message: 'slow down', cause };
  const address = 'Mail';
  const mail = { ...facts, address, path };
  progress.observe({ ...mail, type: 'action.started', time: at(0) });
  progress.observe({ ...mail, type: 'attempt.started', attempt: 1, time: at(0) });
  progress.observe({
    ...mail,
    type: 'attempt.ended',
    attempt: 1,
    status: 'Failed',
    error,
    wait: 5_000,
    time: at(0),
  });
  return progress;
}

describe('the bar', () => {
  const { style } = fakeSession().stdout;

  it('shows what waits for its next attempt, and that a service asked to slow down', () => {
    const progress = retrying('Mail', Object.assign(new Error('no'), { status: 429 }));
    const lines = renderProgress(progress, { columns: 80, style, now: 2_000, since: 0 });
    expect(lines[0]).toContain('1 retried (1 throttled)');
    expect(lines[1]).toBe('  Mail  throttled, again in 3s');
  });

  it('calls a retry of another failure what it is', () => {
    const progress = retrying('Mail', new Error('no'));
    const lines = renderProgress(progress, { columns: 80, style, now: 2_000, since: 0 });
    expect(lines[1]).toBe('  Mail  failed, again in 3s');
  });

  it('names five of what runs, and counts the rest', () => {
    const progress = new RunProgress(describeWorkflow(hires));
    for (let index = 0; index < 8; index++) {
      const address = 'Mail';
      const path = `Each[${index}]/Mail`;
      progress.observe({ ...facts, address, path, type: 'action.started', time: at(index) });
    }
    const lines = renderProgress(progress, { columns: 80, style, now: 60_000, since: 0 });
    expect(lines).toHaveLength(7);
    expect(lines[1]).toContain('Each[0]/Mail  1m');
    expect(lines.at(-1)).toContain('… and 3 more');
  });

  it.each([10, 20, 40, 80, 200])('is never wider than a terminal of %i columns', (columns) => {
    const progress = retrying(`Each[1]/${'Long'.repeat(60)}`, undefined);
    for (const line of renderProgress(progress, { columns, style, now: 1_000, since: 0 })) {
      expect(stripVTControlCharacters(line).length, line).toBeLessThan(Math.max(columns, 40));
    }
  });

  it('cannot be moved about by a name', () => {
    const progress = retrying('Mail\u001b[2J\n', undefined);
    const [, line] = renderProgress(progress, { columns: 80, style, now: 0, since: 0 });
    expect(line).toContain('Mail\\u001b[2J\\n');
  });
});

const escapeCode = '\u001b';

/** What stands on the screen after all that was written: up and erase below are all that is known. */
function screenOf(written: string): string[] {
  const lines: string[] = [''];
  for (const part of written.split(new RegExp(`(${escapeCode}\\[\\d+[AJ]|\\n)`))) {
    if (part === '\n') lines.push('');
    else if (part.endsWith('A') && part.startsWith(escapeCode)) {
      lines.splice(-1 - Number.parseInt(part.slice(2), 10));
      lines.push('');
    } else if (!part.startsWith(escapeCode)) lines.push(`${lines.pop()}${part}`);
  }
  return lines;
}

describe('on a terminal', () => {
  async function watched(session: FakeSession, note?: string): Promise<void> {
    const run = start(hires, [1, 2], { clock: session.clock });
    const display = showProgress(run, describeWorkflow(hires), session, { how: 'bar' });
    if (note !== undefined) display.note(note);
    await run.finished;
    display.close();
  }

  it('nothing is left of the bar', async () => {
    const session = fakeSession({ isTerminal: true });
    await watched(session);
    expect(session.written.stderr).toContain('Hires');
    expect(screenOf(session.written.stderr)).toEqual(['']);
  });

  it('a note stays', async () => {
    const session = fakeSession({ isTerminal: true });
    await watched(session, 'Suspending');
    expect(screenOf(session.written.stderr)).toEqual(['Suspending', '']);
  });

  it('no timer is left', async () => {
    const session = fakeSession({ isTerminal: true });
    await watched(session);
    expect(session.clock.pending).toBe(0);
  });
});

describe('in a pipe', () => {
  it('a long loop has a line for each tenth, and each run its label', async () => {
    const session = fakeSession();
    const run = start(hires, Array.from({ length: 100 }).fill(1) as number[], {
      clock: session.clock,
    });
    showProgress(run, describeWorkflow(hires), session, { how: 'lines', label: 'week-47' });
    await run.finished;
    const lines = session.written.stderr.trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('Each '))).toHaveLength(11);
    expect(lines).toContain('week-47: Each 50/100 (50%)');
    expect(lines.every((line) => line.startsWith('week-47: '))).toBe(true);
    expect(session.written.stderr).not.toContain('\u001b');
  });
});
