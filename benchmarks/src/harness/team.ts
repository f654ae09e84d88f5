/**
 * Processes that do the same at the same time: they get ready, and begin when all are told to.
 *
 * Both ends are here: startTeam() is for who measures, joinTeam() for the module that each process runs.
 * @module
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Starts a process for each task, and waits until all are ready.
 *
 * @param module - calls {@link joinTeam}.
 * @param cleanup - gets the end of the processes.
 * @returns what has them all work once, and gives the numbers that they have answered.
 * @throws {Error} a process has ended, here or in a work.
 */
export async function startTeam(
  module: URL,
  tasks: readonly unknown[],
  cleanup: AsyncDisposableStack,
): Promise<() => Promise<number[]>> {
  const members = tasks.map((task) => cleanup.use(new Member(module, task)));
  await Promise.all(members.map((member) => member.answer()));
  return () => Promise.all(members.map((member) => member.work()));
}

class Member implements AsyncDisposable {
  readonly #process;
  readonly #ended: Promise<unknown[]>;

  constructor(module: URL, task: unknown) {
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
    this.#process = fork(module, [JSON.stringify(task)], { stdio: [...stdio] });
    // Not 'close', which does not come after a disconnection by this side.
    this.#ended = once(this.#process, 'exit');
  }

  async answer(): Promise<number> {
    const ended = this.#ended.then(([code]) => {
      throw new Error(`A process of a team has ended with the exit code ${code}.`);
    });
    const [number] = await Promise.race([once(this.#process, 'message'), ended]);
    return number;
  }

  work(): Promise<number> {
    if (this.#process.connected) this.#process.send('work');
    return this.answer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#ended;
  }
}

/**
 * Makes this process a member of a team, until whoever has started it lets it go, or is gone.
 *
 * @param prepare - gets the task, and gives the work, which answers with a number.
 */
export async function joinTeam<Task>(
  prepare: (task: Task, cleanup: AsyncDisposableStack) => Promise<() => Promise<number>>,
): Promise<void> {
  const dismissed = once(process, 'disconnect');
  const cleanup = new AsyncDisposableStack();
  const work = await prepare(JSON.parse(process.argv[2] ?? ''), cleanup);
  process.on('message', async () => void process.send?.(await work()));
  process.send?.(0);
  await dismissed;
  await cleanup.disposeAsync();
  // A work that was under way may go on for ever.
  process.exit();
}
