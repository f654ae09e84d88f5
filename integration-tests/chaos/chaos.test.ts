/** The chaos program, as people call it: what it prints, and that it finds bugs that were planted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { captureProgram } from '../../scripts/run-program.mjs';
import { root, sourceCondition } from '../../scripts/workspace.ts';
import { onService } from '../services/on-service.ts';
import { temporaryFolder } from '../workspace/temporary-folder.ts';

const main = join(import.meta.dirname, 'main.ts');

function chaos(...args: readonly string[]) {
  return captureProgram(process.execPath, [`--conditions=${sourceCondition}`, main, ...args], {
    cwd: root,
    timeout: 110_000,
  });
}

const planted = (name: string) => join(import.meta.dirname, 'planted', `${name}.ts`);

await onService('redis', () => {
  describe('state on Redis', { timeout: 120_000 }, () => {
    it('adds up, although processes were killed and replies lost, and is told as JSON alone', async () => {
      const { code, stdout, output } = await chaos('state', '--quick', '--json', '--only', 'redis');

      expect(code, output).toBe(0);
      const report = JSON.parse(stdout);
      expect(Object.keys(report)).toEqual(['backends']);
      expect(Object.keys(report.backends)).toEqual(['redis']);
      const { redis } = report.backends;
      expect(Object.keys(redis).slice(0, 4)).toEqual(['operations', 'sum', 'kills', 'lostReplies']);
      expect(redis.operations).toBeGreaterThan(0);
      expect(redis.sum).toBe(redis.operations);
      expect(redis.kills).toBeGreaterThan(0);
      expect(redis.lostReplies).toBeGreaterThan(0);
      const { acknowledged, unknown, n } = redis.document;
      expect(n).toBeGreaterThanOrEqual(acknowledged);
      expect(n).toBeLessThanOrEqual(acknowledged + unknown);
      expect(redis.document).toMatchObject({ lost: 0, doubled: 0 });
      expect(output).toMatch(/--seed \d+ plans the same kills and faults again/);
    });

    it('fails when additions are made again without an operation id', async () => {
      const { code, output } = await chaos(
        ...['state', '--quick', '--backend', planted('redis-without-once')],
      );
      expect(code, output).toBe(1);
      expect(output).toMatch(/redis without once, counter: the sum .* counted twice\./);
      expect(output).toMatch(/Repeat with --seed \d+\./);
    });

    it('fails when documents are written whatever is there', async () => {
      const { code, output } = await chaos(
        ...['state', '--quick', '--backend', planted('redis-without-etags')],
      );
      expect(code, output).toBe(1);
      expect(output).toMatch(/redis without ETags, document: acknowledged and lost: \d+/);
    });
  });
});

await onService('redis', () => {
  describe('locks on Redis', { timeout: 120_000 }, () => {
    it('end with their time, and who wakes up changes nothing, which is told as JSON alone', async () => {
      const { code, stdout, output } = await chaos('lock', '--quick', '--json', '--only', 'redis');

      expect(code, output).toBe(0);
      const { redis, ...others } = JSON.parse(stdout).backends;
      expect(others).toEqual({});
      const first = ['zombies', 'staleWritesAccepted', 'linearizable'];
      expect(Object.keys(redis).slice(0, 3)).toEqual(first);
      expect(redis).toMatchObject({ staleWritesAccepted: 0, linearizable: true });
      expect(redis.zombies).toBeGreaterThanOrEqual(8);
      expect(redis.refusedByHolder).toBeGreaterThanOrEqual(redis.zombies);
      expect(redis.refusedByStore).toBeGreaterThanOrEqual(redis.zombies);
      expect(redis.kills).toBeGreaterThan(0);
      expect(redis.lostReplies).toBeGreaterThan(0);
    });

    it('fail when documents compare no tokens', async () => {
      const { code, output } = await chaos(
        ...['lock', '--quick', '--backend', planted('redis-without-fences')],
      );
      expect(code, output).toBe(1);
      expect(output).toMatch(/redis without fences: \d+ stale writes were accepted\./);
      expect(output).toMatch(/fenced register 'lane-\d+'.*<-- cannot be/s);
    });

    it('fail when tokens go back', async () => {
      const { code, output } = await chaos(
        ...['lock', '--quick', '--backend', planted('redis-tokens-that-lag')],
      );
      expect(code, output).toBe(1);
      expect(output).toMatch(/redis, tokens that lag: what was seen cannot be explained\./);
      expect(output).toMatch(/lock 'lane-\d+'.*<-- cannot be/s);
    });
  });
});

await onService('redis', () => {
  describe('pools on Redis', { timeout: 120_000 }, () => {
    it('hand out nothing twice and lose nothing, which is told as JSON alone', async () => {
      const { code, stdout, output } = await chaos('claim', '--quick', '--json', '--only', 'redis');

      expect(code, output).toBe(0);
      const { redis, ...others } = JSON.parse(stdout).backends;
      expect(others).toEqual({});
      expect(Object.keys(redis).slice(0, 2)).toEqual(['leased', 'assigned']);
      const right = { givenTwo: 0, leaked: 0, linearizable: true, staleWritesAccepted: 0 };
      expect(redis).toMatchObject(right);
      for (const count of ['leased', 'assigned', 'zombies', 'kills', 'lostReplies']) {
        expect(redis[count], count).toBeGreaterThan(0);
      }
    });

    it('fail when leases end before their holders know', async () => {
      const { code, output } = await chaos(
        ...['claim', '--quick', '--backend', planted('redis-pools-that-end-early')],
      );
      expect(code, output).toBe(1);
      expect(output).toMatch(/redis pools that end early: what was seen cannot be explained\./);
      expect(output).toMatch(/pool 'pool-\d'.*<-- cannot be/s);
    });
  });
});

// The others that are tried here can be anywhere; this one has to be killed, and is started by the program itself.
await onService('redis', () => {
  describe('distributed runs on Redis', { timeout: 120_000 }, () => {
    it('fail when runs are not stored, and when an effect has two keys', async () => {
      const { code, stdout, output } = await chaos(
        ...['distributed', '--json', '--backend', planted('redis-that-forgets-runs')],
      );
      expect(code, output).toBe(1);
      const { stores } = JSON.parse(stdout);
      const figures = stores['redis that forgets runs'];
      const first = ['runs', 'kills', 'lost', 'stuck', 'wrongStatus', 'duplicateEffects'];
      expect(Object.keys(figures).slice(0, 6)).toEqual(first);
      expect(figures).toMatchObject({ runs: 12, lost: 2, stuck: 0, wrongStatus: 0, restarts: 1 });
      expect(figures.kills).toBeGreaterThanOrEqual(2);
      expect(figures.duplicateEffects).toBeGreaterThan(0);
      expect(output).toMatch(/redis that forgets runs: 2 lost:\s+run-0\s+run-10/);
      expect(output).toMatch(/effects took place twice:\s+run-.* took place twice, with the keys/);
    });
  });
});

describe('whatever its backend does', { timeout: 60_000 }, () => {
  const local = (members: string) => `export const backend = {
    name: 'odd', place: 'folder', additions: { full: 80, quick: 80 }, inFlight: 1, ${members}
  };`;

  it('a process that fails is a failure, with what it said', async () => {
    const members = "openCounter() { throw new Error('the disk is full'); }";
    const folder = temporaryFolder({ 'odd.mjs': local(members) });
    const { code, output } = await chaos('state', '--backend', join(folder, 'odd.mjs'));
    expect(code).toBe(1);
    expect(output).toMatch(
      /✗ odd: Worker \d ended by itself, with exit code 1:.*the disk is full/s,
    );
  });

  it('Ctrl-C ends it, with nothing left behind', async () => {
    const add = 'add: () => new Promise((resolve) => setTimeout(resolve, 1_000_000))';
    const folder = temporaryFolder({ 'odd.mjs': local(`openCounter: () => ({ ${add} })`) });
    const scratch = temporaryFolder({});
    const child = spawn(
      process.execPath,
      [
        ...[`--conditions=${sourceCondition}`, main, 'state'],
        ...['--backend', join(folder, 'odd.mjs')],
      ],
      { cwd: root, env: { ...process.env, TMPDIR: scratch }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const ended = once(child, 'close');
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await vi.waitUntil(() => readdirSync(scratch).length === 2, 30_000);
    child.kill('SIGINT');
    expect(await ended).toEqual([1, null]);
    expect(output).toContain('It was interrupted.');
    expect(readdirSync(scratch)).toEqual([]);
  });
});

describe('the command line', () => {
  it.each([
    { args: [], says: 'Which chaos? There is: claim, distributed, lock, state.' },
    {
      args: ['nonsense'],
      says: 'There is no chaos "nonsense". There is: claim, distributed, lock, state.',
    },
    { args: ['state', '--only', 'oracle'], says: 'There is no backend "oracle". There is: redis,' },
    { args: ['lock', '--only', 'http'], says: 'There is no backend "http". There is: redis,' },
    { args: ['state', '--seed', 'x'], says: '--seed is "x". Pass a whole number.' },
    { args: ['state', '--loud'], says: "Unknown option '--loud'" },
  ])('$args is refused, with what there is', async ({ args, says }) => {
    const { code, output } = await chaos(...args);
    expect(code).toBe(1);
    expect(output).toContain(says);
  });
});
