/** The commands that look into a store, on runs that the command line has put there. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/run-cli.ts';
import { fakeSession } from './fake-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'runafter-cli-'));
const store = join(folder, 'runs.db');
const input = '{"sku":"A-17","lines":[1,2,3]}';

async function cli(argv: readonly string[], now = new Date('2026-11-22T12:00:00Z')) {
  const session = fakeSession({ env: { RUNAFTER_STORE: store }, now });
  const code = await runCli(argv, session);
  return { code, ...session.written };
}

beforeAll(async () => {
  const at = (hour: number): Date => new Date(Date.UTC(2026, 10, 22, hour));
  const fulfil = ['run', 'files/orders.ts#fulfilOrder', '--input', input];
  const refuse = ['run', 'files/orders.ts#refuseOrder', '--input', input];
  await cli([...fulfil, '--run-id', 'a'], at(1));
  await cli([...refuse, '--run-id', 'b'], at(2));
  await cli([...fulfil, '--run-id', 'c'], at(11));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('list', () => {
  it.each([
    { options: [], ids: ['c', 'b', 'a'] },
    { options: ['--status', 'failed'], ids: ['b'] },
    { options: ['--status', 'Failed, running'], ids: ['b'] },
    { options: ['--status', 'running'], ids: [] },
    { options: ['--workflow', 'Fulfil_Order'], ids: ['c', 'a'] },
    { options: ['--since', '2h'], ids: ['c'] },
    { options: ['--since', '1d', '--limit', '2'], ids: ['c', 'b'] },
  ])('$options: $ids', async ({ options, ids }) => {
    const { code, stdout } = await cli(['list', ...options, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).runs.map(({ runId }: { runId: string }) => runId)).toEqual(ids);
  });

  it('is a table for people, and says when there may be more', async () => {
    const { stdout, stderr } = await cli(['list', '--limit', '2']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^RUN {2}WORKFLOW +STATUS +STARTED +TOOK {2}ERROR$/),
      expect.stringMatching(/^c {4}Fulfil_Order {2}Succeeded {2}2026-11-22T11:00:00\.000Z +\d+ms$/),
      expect.stringMatching(/^b {4}Refuse_Order {2}Failed .*UNKNOWN_ERROR: .*…$/),
      '',
    ]);
    expect(stderr).toContain('--limit 4');
  });
});

describe('inspect', () => {
  it('shows what has ended in the run', async () => {
    const { stdout } = await cli(['inspect', 'a']);
    expect(stdout).toContain('Input: {"sku":"A-17","lines":[1,2,3]}');
    expect(stdout).toMatch(/^ {2}Failed {2}Post_Teams_Notification .*Teams is down$/m);
  });

  it('shows the items of a loop, as one document of JSON', async () => {
    const { outcomes } = JSON.parse((await cli(['inspect', 'a', 'Lines', '--json'])).stdout);
    expect(outcomes).toMatchObject([
      { path: 'Lines[0]', outputs: 2 },
      { path: 'Lines[1]', outputs: 4 },
      { path: 'Lines[2]', outputs: 6 },
    ]);
  });

  it('leaves out what has ended otherwise', async () => {
    const { stdout } = await cli(['inspect', 'a', '--status', 'failed', '--json']);
    expect(JSON.parse(stdout).outcomes).toMatchObject([{ path: 'Post_Teams_Notification' }]);
  });
});

it('why names the leaf, without the file of the workflow', async () => {
  const { code, stdout } = await cli(['why', 'b']);
  expect(code, 'the command did what it was asked for').toBe(0);
  expect(stdout).toMatch(/because of its leaf "Validate_Inventory" \(Failed\)/);
  expect(JSON.parse((await cli(['why', 'b', '--json'])).stdout)).toMatchObject({
    status: 'Failed',
    chain: [{ path: 'Validate_Inventory', code: 'UNKNOWN_ERROR' }],
  });
});

it('report without a display writes the file and its path', async () => {
  const file = join(folder, 'b.html');
  const { stdout } = await cli(['report', 'b', '--out', file, '--open']);
  expect(stdout).toBe(`${file}\n`);
  expect(readFileSync(file, 'utf8')).toContain('Refuse_Order');
});

describe('resume', () => {
  it('of a run that has ended gives its end again', async () => {
    const { code, stdout } = await cli(['resume', 'files/orders.ts', 'b', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ runId: 'b', status: 'Failed' });
  });

  it('of nothing says so', async () => {
    const { code, stderr } = await cli(['resume', 'files/orders.ts']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'There is nothing to go on with.\n' });
  });

  it('with a file of other workflows says which one is missing', async () => {
    const { code, stderr } = await cli(['resume', 'files/secrets.ts', 'b']);
    expect(code).toBe(2);
    expect(stderr).toContain('has no workflow "Refuse_Order"');
  });
});

it.each([
  ['inspect', 'z'],
  ['why', 'z'],
  ['report', 'z'],
  ['resume', 'files/orders.ts', 'z'],
])('%s of an unknown run says so, with exit code 2', async (...argv) => {
  const { code, stderr } = await cli(argv);
  expect(code).toBe(2);
  expect(stderr).toContain('error RUN_UNKNOWN: ');
});

it('nobody who only looks makes a file', async () => {
  const missing = join(folder, 'missing.db');
  const { code, stderr } = await cli(['list', '--store', missing]);
  expect(code).toBe(2);
  expect(stderr).toContain('has no file');
  expect(existsSync(missing)).toBe(false);
});

it('the same run id is the same run', async () => {
  const again = ['run', 'files/orders.ts#fulfilOrder', '--run-id', 'a', '--input'];
  expect((await cli([...again, input])).stdout).toContain('run a\n');
  const other = await cli([...again, '{"sku":"B-1","lines":[]}']);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('RUN_INPUT_DIFFERS');
});
