/** A program that is run for another one behaves as if it had been run directly. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captureProgram, runProgram } from '../../scripts/run-program.mjs';
import { root } from '../../scripts/workspace.ts';
import { temporaryFolder } from './temporary-folder.ts';

const node = process.execPath;

describe('a program', () => {
  it.each([0, 1, 42])('hands back its exit code %i', async (code) => {
    expect(await runProgram(node, ['--eval', `process.exit(${code})`])).toBe(code);
  });

  it('that a signal ended hands back 128 and the number of the signal', async () => {
    const suicide = "process.kill(process.pid, 'SIGKILL')";
    expect(await runProgram(node, ['--eval', suicide])).toBe(137);
  });

  it('that does not exist is an error that names it', async () => {
    await expect(runProgram('no-such-program', [])).rejects.toThrow('no-such-program');
  });

  it('gets the signals sent to whoever runs it, and may take its time to end', async () => {
    const folder = temporaryFolder({
      'patient.mjs': `
        process.on('SIGTERM', () => { console.log('closing'); setImmediate(() => process.exit(7)); });
        setTimeout(() => process.exit(1), 10_000);
        console.log('ready');
      `,
      'runner.mjs': `
        import { runProgram } from ${JSON.stringify(join(root, 'scripts/run-program.mjs'))};
        process.exitCode = await runProgram(process.execPath, ['patient.mjs']);
      `,
    });
    const runner = spawn(node, ['runner.mjs'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(runner, 'close');
    let said = '';
    for await (const text of runner.stdout.setEncoding('utf8')) {
      said += text;
      if (text.includes('ready')) runner.kill('SIGTERM');
    }
    expect(said).toBe('ready\nclosing\n');
    expect(await ended).toEqual([7, null]);
  });
});

describe('a captured program', () => {
  it('hands back what it printed, and stdout by itself', async () => {
    const program = "console.log('out'); console.error('err'); process.exit(3)";
    const { code, stdout, output } = await captureProgram(node, ['--eval', program]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'out\n' });
    expect(output.split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  it('is killed when its time is up', async () => {
    const forever = 'setInterval(() => {}, 1000)';
    const { code } = await captureProgram(node, ['--eval', forever], { timeout: 100 });
    expect(code).toBe(143);
  });
});
