/** The chaos program, as people call it: what it prints, and that it finds bugs that were planted. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captureProgram } from '../../scripts/run-program.mjs';
import { root, sourceCondition } from '../../scripts/workspace.ts';
import { onService } from '../services/on-service.ts';

function chaos(...args: readonly string[]) {
  const main = join(import.meta.dirname, 'main.ts');
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

describe('the command line', () => {
  it.each([
    { args: [], says: 'Which chaos? There is: state.' },
    { args: ['nonsense'], says: 'There is no chaos "nonsense". There is: state.' },
    { args: ['state', '--only', 'oracle'], says: 'There is no backend "oracle". There is: redis,' },
    { args: ['state', '--seed', 'x'], says: '--seed is "x". Pass a whole number.' },
    { args: ['state', '--loud'], says: "Unknown option '--loud'" },
  ])('$args is refused, with what there is', async ({ args, says }) => {
    const { code, output } = await chaos(...args);
    expect(code).toBe(1);
    expect(output).toContain(says);
  });
});
