/** A crew's processes come back when they were killed, and none outlives whoever started them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
import { sourceCondition } from '../../../scripts/workspace.ts';
import { temporaryFolder } from '../../workspace/temporary-folder.ts';
import { Crew } from './crew.ts';
import { countLogged } from './number-log.ts';

const module = (name: string) => JSON.stringify(new URL(`./${name}.ts`, import.meta.url));

/** Listens on a port until it is told to end, and notes the port: who is connected sees it die. */
const worker = `
  import { createServer } from 'node:net';
  import { endWithParent } from ${module('end-with-parent')};
  import { NumberLog } from ${module('number-log')};
  endWithParent();
  const { log, then } = JSON.parse(process.argv[2]);
  const server = createServer((socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1', () => {
    new NumberLog(log).note(server.address().port);
    if (then === 'fail') throw new Error('the disk is full');
    if (then === 'end') server.close();
  });
`;

function crewOf(then: (start: number) => string) {
  const folder = temporaryFolder({ 'worker.ts': worker });
  const log = join(folder, 'log');
  let starts = 0;
  const crew = new Crew({
    size: 1,
    program: pathToFileURL(join(folder, 'worker.ts')),
    task: () => ({ log, then: then(++starts) }),
    done: () => countLogged(log),
    cacheFolder: join(folder, 'cache'),
  });
  return { crew, log };
}

/** Connects to the process that listens on the port in the log; `gone` resolves when it has died. */
async function connectTo(log: string): Promise<{ readonly gone: Promise<unknown> }> {
  const socket = connect(Number(readFileSync(log, 'utf8')), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.resume();
  // Not once(): a process that is killed may reset its connections, and that is all the same.
  return { gone: new Promise((resolve) => socket.once('close', resolve)) };
}

it('a worker that is killed is started again, and the crew ends when it has done its share', async () => {
  await using crew = crewOf((start) => (start === 1 ? 'stay' : 'end')).crew;
  await vi.waitUntil(() => crew.busy.length === 1, 20_000);
  crew.kill(0);
  await crew.finished;
  expect(crew.kills).toBe(1);
  expect(crew.done).toBe(2);
  expect(crew.busy).toEqual([]);
});

it('a worker that fails is the end of the crew, with what it said', async () => {
  await using crew = crewOf(() => 'fail').crew;
  await expect(crew.finished).rejects.toThrow(
    /Worker 0 ended by itself, with exit code 1:.*the disk is full/s,
  );
});

it('a crew that is disposed leaves no process behind', async () => {
  const { crew, log } = crewOf(() => 'stay');
  await vi.waitUntil(() => crew.busy.length === 1, 20_000);
  const { gone } = await connectTo(log);
  await crew[Symbol.asyncDispose]();
  await gone;
});

it('workers end when whoever started them is killed', async () => {
  const folder = temporaryFolder({
    'worker.ts': worker,
    'parent.ts': `
      import { Crew } from ${module('crew')};
      const [folder] = process.argv.slice(2);
      new Crew({
        size: 1,
        program: new URL('worker.ts', import.meta.url),
        task: () => ({ log: folder + '/log', then: 'stay' }),
        done: () => 0,
        cacheFolder: folder + '/cache',
      });
    `,
  });
  const log = join(folder, 'log');
  const parent = spawn(
    process.execPath,
    [`--conditions=${sourceCondition}`, join(folder, 'parent.ts'), folder],
    { stdio: 'ignore' },
  );
  await vi.waitUntil(() => countLogged(log) === 1, 20_000);
  const { gone } = await connectTo(log);
  parent.kill('SIGKILL');
  await gone;
});
