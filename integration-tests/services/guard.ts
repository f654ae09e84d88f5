/**
 * A program that runs a server for exactly as long as its own standard input stays open, and then
 * removes the server's folder.
 *
 * A pipe ends with the process that holds its other end, whatever that one dies of. Its only argument
 * is a {@link GuardOrder} as JSON; local-process.ts gives it.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { User } from './unprivileged-user.ts';

/** What to run, and how to end it. */
export interface GuardOrder {
  readonly command: readonly string[];
  readonly prepare: readonly string[] | undefined;
  readonly stopSignal: NodeJS.Signals;
  readonly folder: string | undefined;
  readonly user: User | undefined;
}

/** How long a server may take to end by itself, in milliseconds. */
const patience = 5_000;

const order: GuardOrder = JSON.parse(process.argv[2] ?? '');
let running: ChildProcess | undefined;
let isOver = false;

process.stdin.resume().once('close', () => {
  isOver = true;
  running?.kill(order.stopSignal);
  setTimeout(() => running?.kill('SIGKILL'), patience).unref();
});
// Nobody may read any more what the server says at its end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  const prepared = order.prepare === undefined ? 0 : await run(order.prepare);
  process.exitCode = prepared === 0 && !isOver ? await run(order.command) : prepared;
} finally {
  if (order.folder !== undefined) rmSync(order.folder, { recursive: true, force: true });
  process.stdin.destroy();
}

function run([program = '', ...args]: readonly string[]): Promise<number> {
  const child = spawn(program, args, { ...order.user, stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(1);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
}
