/**
 * A program in a process of its own, which says what it does line by line, and can be killed.
 *
 * None outlives the tests of its file: call `killPrograms` in afterAll.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const running = new Set<ChildProcess>();

/** What a program compiles is kept, if nowhere else: those that come after it start in half the time. */
const compileCache = mkdtempSync(join(tmpdir(), 'runafter-programs-'));

/** How a program ended: with an exit code, or by a signal. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to stderr. */
  readonly complaint: string;
}

export class Program {
  readonly said: string[] = [];
  readonly ended: Promise<ProgramEnd>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  #isOver = false;

  /** @param task - what the program finds as its argument, in JSON. */
  constructor(file: URL, task: object) {
    const child = spawn(
      process.execPath,
      ['--conditions=@runafter/source', fileURLToPath(file), JSON.stringify(task)],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
      },
    );
    running.add(child);
    this.#child = child;
    this.ended = this.#follow(child);
  }

  async #follow(child: ChildProcess): Promise<ProgramEnd> {
    const { stdout, stderr } = child as ChildProcess & { stdout: NodeJS.ReadableStream };
    let complaint = '';
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    createInterface({ input: stdout }).on('line', (line) => {
      this.said.push(line);
      this.#tell();
    });
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    running.delete(child);
    this.#isOver = true;
    this.#tell();
    return { code, signal, complaint };
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  get pid(): number {
    return Number(this.#child.pid);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** How often it has said so. */
  count(line: string): number {
    return this.said.filter((said) => said === line).length;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /**
   * Waits until something holds of what the program has said. Also ends when the program does, or says
   * nothing for so long.
   *
   * @param patience - milliseconds.
   */
  until(isSo: () => boolean, patience = Number.POSITIVE_INFINITY): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const look = () => {
        clearTimeout(timer);
        if (!isSo() && !this.#isOver) {
          if (Number.isFinite(patience)) timer = setTimeout(end, patience);
          return;
        }
        end();
      };
      const end = () => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }
}

/** Kills what still runs, waits for its end, and leaves nothing behind. */
export async function killPrograms(): Promise<void> {
  const ends = [...running].map((child) => {
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    return ended;
  });
  await Promise.all(ends);
  rmSync(compileCache, { recursive: true, force: true });
}
