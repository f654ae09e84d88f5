/** A run that was started on the command line, killed half-way, and resumed: on every kind of store. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { temporaryFolder } from '../workspace/temporary-folder.ts';
import { RunafterProgram, runafter } from './runafter-program.ts';

const file = 'slow-orders.ts';
const orders = '["ann","bob","cid","dan"]';

/** What has been done: a line for each order. */
function logOf(folder: string): string[] {
  const log = join(folder, 'log');
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
}

async function untilItHolds(folder: string): Promise<void> {
  await vi.waitFor(() => expect(logOf(folder)).toContain('holding cid'), { timeout: 50_000 });
}

async function survives(store: string, folder: string, backend: RegExp): Promise<void> {
  const env = { ORDERS_LOG: join(folder, 'log'), RUNAFTER_STORE: store };
  const run = ['run', file, '--input', orders, '--run-id', 'week-47', '--lease', '1s'];
  const killed = new RunafterProgram(run, { ...env, ORDERS_HOLD: '1' });
  await untilItHolds(folder);
  killed.kill('SIGKILL');
  expect((await killed.ended).stderr).toContain('Orders 2/4 (50%)');

  const resumed = await runafter(['resume', file, 'week-47', '--wait', '50s'], env);
  expect(resumed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Succeeded .*\n4\n$/) });
  expect(resumed.stderr, 'goes on counting where the other one stopped').toContain('Orders 3/4');
  expect(logOf(folder)).toEqual(['ann', 'bob', 'holding cid', 'cid', 'dan']);

  const [list, inspect, why, doctor] = await Promise.all([
    runafter(['list', '--json'], env),
    runafter(['inspect', 'week-47', 'Orders'], env),
    runafter(['why', 'week-47', '--json'], env),
    runafter(['doctor', '--json'], env),
  ]);
  expect(JSON.parse(list.stdout)).toMatchObject({
    runs: [{ runId: 'week-47', workflow: 'Slow_Orders', status: 'Succeeded' }],
  });
  expect(inspect.stdout).toMatch(/Succeeded {2}Orders\[2\]\/?.*"?cid/);
  expect(JSON.parse(why.stdout)).toMatchObject({ status: 'Succeeded', chain: [] });
  const { problems, examinations } = JSON.parse(doctor.stdout);
  expect(problems, doctor.stdout).toBe(0);
  expect(examinations[1].measured.version).toMatch(backend);
}

it('in a file', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder({});
  const store = join(folder, 'runs.db');
  await survives(store, folder, /^SQLite/);

  const page = join(folder, 'run.html');
  const report = await runafter(['report', 'week-47', '--store', store, '--out', page, '--json']);
  expect(JSON.parse(report.stdout)).toEqual({ runId: 'week-47', file: page, opened: false });
  expect(readFileSync(page, 'utf8')).toContain('Slow_Orders');
});

await Promise.all([
  onService('redis', ({ url, prefix }) => {
    it('in Redis', { timeout: 120_000 }, async () => {
      const store = `${url}?prefix=${encodeURIComponent(prefix)}`;
      await survives(store, temporaryFolder({}), /^(Redis|Valkey)/);
    });
  }),
  onService('postgres', ({ url }) => {
    it('in PostgreSQL', { timeout: 120_000 }, async () => {
      await survives(url, temporaryFolder({}), /^PostgreSQL/);
    });
  }),
]);

describe('Ctrl-C', { timeout: 120_000 }, () => {
  it('suspends a run that is kept, and says how to go on', async () => {
    const folder = temporaryFolder({});
    const env = { ORDERS_LOG: join(folder, 'log') };
    const store = join(folder, 'runs.db');
    const run = ['run', file, '--input', orders, '--run-id', 'week-48', '--store', store];
    const program = new RunafterProgram(run, { ...env, ORDERS_HOLD: '1' });
    await untilItHolds(folder);
    program.kill('SIGINT');
    const { code, stderr, stdout } = await program.ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: expect.stringMatching(/^Not ended/) });
    expect(stderr).toContain(`runafter resume ${file} week-48 --store ${store}`);

    const all = await runafter(['resume', file, '--store', store, '--json'], env);
    expect(JSON.parse(all.stdout)).toMatchObject({
      runs: [{ runId: 'week-48', status: 'Succeeded', outputs: 4 }],
      held: [],
      refused: [],
    });
    expect(logOf(folder)).toEqual(['ann', 'bob', 'holding cid', 'cid', 'dan']);
  });

  it('once more ends a process whose handlers do not listen', async () => {
    const folder = temporaryFolder({});
    const env = { ORDERS_LOG: join(folder, 'log'), ORDERS_HOLD: 'deaf' };
    const program = new RunafterProgram(['run', file, '--input', orders], env);
    await untilItHolds(folder);
    program.kill('SIGINT');
    await vi.waitFor(() => expect(program.stderr).toContain('Cancelling'), { timeout: 50_000 });
    program.kill('SIGINT');
    expect(await program.ended).toMatchObject({ code: 130, stdout: '' });
  });
});
