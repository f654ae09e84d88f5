/** A server that tests start lives until it is stopped, or until whoever started it is gone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../workspace/temporary-folder.ts';
import { freePort, startLocalProcess } from './local-process.ts';

/** A server that ends by itself when it is asked to. */
const program = (port: number) =>
  `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log('ready'))`;
const serverOn = (port: number) => ({
  url: `tcp://127.0.0.1:${port}`,
  command: [process.execPath, '--eval', program(port)],
  ready: /ready/,
});

describe('a local process', () => {
  it('can be used once it has started, and is gone with its folder once it has been stopped', async () => {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'runafter-test-'));
    const service = await startLocalProcess({ ...serverOn(port), folder });
    expect(await answers(port)).toBe(true);
    await service.stop();
    expect(await answers(port)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it('is asked to end by its own signal, and not just killed', async () => {
    const folder = temporaryFolder({});
    const port = await freePort();
    const farewell = join(folder, 'farewell');
    const onSignal = `
      process.on('SIGINT', () => {
        require('node:fs').writeFileSync(${JSON.stringify(farewell)}, '');
        process.exit();
      });
    `;
    const command = [process.execPath, '--eval', onSignal + program(port)];
    const server = { url: '', command, ready: /ready/, stopSignal: 'SIGINT' } as const;
    const service = await startLocalProcess(server);
    await service.stop();
    expect(existsSync(farewell)).toBe(true);
  });

  it('is prepared first, and not started when that fails', async () => {
    const prepare = [process.execPath, '--eval', 'console.error("no room"); process.exit(1)'];
    const started = startLocalProcess({ ...serverOn(await freePort()), prepare });
    await expect(started).rejects.toThrow(/ended at once: no room/);
  });

  it('that ends before it can be used says what it printed', async () => {
    const command = [process.execPath, '--eval', 'console.error("port is taken")'];
    const started = startLocalProcess({ url: '', command, ready: /ready/ });
    await expect(started).rejects.toThrow(/ended at once: port is taken/);
  });

  it('that is not installed says where to get it', async () => {
    const command = ['no-such-server'];
    const started = startLocalProcess({ url: '', command, ready: /./, install: 'build it' });
    await expect(started).rejects.toThrow('no-such-server is not on the PATH (build it)');
  });

  it('does not outlive a process that is killed', async () => {
    const port = await freePort();
    const starter = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { startLocalProcess } from ${JSON.stringify(join(import.meta.dirname, 'local-process.ts'))};
         await startLocalProcess({ ...${JSON.stringify(serverOn(port))}, ready: /ready/ });
         console.log('started');`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(starter.stdout, 'data');
    expect(await answers(port)).toBe(true);
    starter.kill('SIGKILL');
    await vi.waitFor(async () => expect(await answers(port)).toBe(false), 10_000);
  });
});

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
