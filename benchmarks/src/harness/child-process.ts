/**
 * Has an assignment done by a child process.
 * @module
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Assignment } from './assignment.ts';

const childMain = fileURLToPath(new URL('child-main.ts', import.meta.url));

export interface ChildOptions {
  onRound?(round: number): void;
  onProgress?(text: string): void;
  readonly signal: AbortSignal;
}

/**
 * Starts a child, waits for its answer and for its end.
 *
 * @param options.onRound - called when the child begins a round.
 * @param options.onProgress - called when the child says how far it has come.
 * @param options.signal - ends the child.
 * @returns the child's last answer.
 * @throws {Error} the child failed; what it printed has gone to stderr.
 */
export function inChildProcess(
  assignment: Assignment,
  { onRound, onProgress, signal }: ChildOptions,
): Promise<Answer> {
  const child = fork(childMain, [JSON.stringify(assignment)], {
    // Enough for a peer that keeps a million of everything; the garbage is collected between rounds.
    execArgv: [...process.execArgv, '--expose-gc', '--max-old-space-size=6144'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    signal,
  });
  let last: Answer | undefined;
  child.on('message', (message: Answer) => {
    if (message.kind === 'round') onRound?.(message.round);
    else if (message.kind === 'progress') onProgress?.(message.text);
    else last = message;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      if (code === 0 && last !== undefined) return resolve(last);
      const side = ('peer' in assignment ? assignment.peer : undefined) ?? 'runafter';
      const end = killedBy ?? `exit code ${code}`;
      reject(new Error(`Measuring "${assignment.work}" with ${side} failed (${end}).`));
    });
  });
}
