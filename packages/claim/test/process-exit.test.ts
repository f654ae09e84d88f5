/**
 * What claims keep alive: nothing but their own waits.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('idle-program.ts', import.meta.url));

/** Runs the program to its end. */
async function run(task: string): Promise<{ code: number | null; out: string; aliveFor: number }> {
  const child = spawn(
    process.execPath,
    ['--conditions=@runafter/source', '--no-warnings', program, task],
    { stdio: ['ignore', 'pipe', 'inherit'], timeout: 25_000 },
  );
  let out = '';
  let doneAt = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    doneAt = performance.now();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: out.trim(), aliveFor: performance.now() - doneAt };
}

describe('a process ends by itself', () => {
  it.each([
    ['while it has claims that nobody releases', 'hold'],
    ['after its waits have timed out, were aborted, or were closed', 'leave'],
    ['while something is made that waits for nothing', 'make'],
  ])('%s', async (_, task) => {
    const { code, out, aliveFor } = await run(task);
    expect(out).toBe('done');
    expect(code).toBe(0);
    // Far less than the ttl of 30 s, and than the 5 s that giving back may take.
    expect(aliveFor).toBeLessThan(4_000);
  });
});
