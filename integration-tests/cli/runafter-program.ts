/**
 * The command line as a process of its own, as people start it.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { root } from '../../scripts/workspace.ts';

const bin = join(root, 'packages/cli/src/bin.ts');

/** How a process has ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that runs; it is killed with the test that started it. */
export class RunafterProgram {
  readonly ended: Promise<Ended>;
  readonly #process: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const argv = ['--conditions=@runafter/source', bin, ...args];
    this.#process = spawn(process.execPath, argv, {
      cwd: import.meta.dirname,
      env: { ...withoutColours(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    onTestFinished(() => {
      this.#process.kill('SIGKILL');
    });
    this.ended = once(this.#process, 'close').then(([code]) => ({
      code,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  /** What it has said so far. */
  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Goes away as a reader of its output, as `head` does. */
  stopReading(): void {
    this.#process.stdout?.destroy();
  }
}

/** Runs it to its end. */
export function runafter(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new RunafterProgram(args, env).ended;
}

/** The environment of the tests may ask for colours, or name a store. */
function withoutColours(): NodeJS.ProcessEnv {
  const { FORCE_COLOR, NO_COLOR, RUNAFTER_STORE, ...env } = process.env;
  return env;
}
