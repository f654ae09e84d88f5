/**
 * Servers that tests start without a container.
 *
 * Invariant: a server never outlives the process that asked for it, however that one ends. Between
 * the two stands a process of guard.ts, which stops the server when its own standard input ends.
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, isAbsolute, join } from 'node:path';
import type { GuardOrder } from './guard.ts';
import type { RunningService } from './service-kind.ts';
import type { User } from './unprivileged-user.ts';

/** A server and how to know that it is there. */
export interface LocalProcess {
  readonly url: string;
  /** A program, by name or path, and its arguments. */
  readonly command: readonly string[];
  /** Runs to its end first, in the same way. */
  readonly prepare?: readonly string[];
  /** What it prints when it can be used. */
  readonly ready: RegExp;
  /** How it is asked to end. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  /** Is removed when the server has ended. */
  readonly folder?: string;
  /** As whom it runs; as this process unless given. */
  readonly user?: User | undefined;
  /** Where to get the program, for when it is not there. */
  readonly install?: string;
}

/**
 * Starts a server and waits until it can be used.
 *
 * @throws {Error} when it ends before that, with what it printed, or is not installed.
 */
export async function startLocalProcess(server: LocalProcess): Promise<RunningService> {
  const { url, command, prepare, ready, stopSignal = 'SIGTERM', folder, user } = server;
  const [program = ''] = command;
  if (!isInstalled(program)) {
    const where = server.install === undefined ? '' : ` (${server.install})`;
    throw new Error(`${program} is not on the PATH${where}`);
  }
  const order: GuardOrder = { command, prepare, stopSignal, folder, user };
  const guard = spawn(
    process.execPath,
    [join(import.meta.dirname, 'guard.ts'), JSON.stringify(order)],
    // In a group of its own, so that Ctrl-C ends the tests first and the server after them.
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  const ended = once(guard, 'close');
  let output = '';
  let isReady = false;
  const becameReady = new Promise<void>((resolve) => {
    const read = (text: string) => {
      // What it prints afterwards is nobody's business, but has to be read for it to go on.
      if (isReady) return;
      output += text;
      isReady = ready.test(output);
      if (isReady) resolve();
    };
    guard.stdout.setEncoding('utf8').on('data', read);
    guard.stderr.setEncoding('utf8').on('data', read);
  });
  await Promise.race([becameReady, ended]);
  if (!isReady) throw new Error(`${program} ended at once: ${output.trim()}`);
  return {
    url,
    async stop() {
      guard.stdin.end();
      await ended;
    },
  };
}

/** A TCP port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no TCP here');
  return address.port;
}

function isInstalled(program: string): boolean {
  const folders = isAbsolute(program) ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
