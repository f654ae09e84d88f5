/**
 * Processes that do the same at the same time: they get ready, and begin when all are told to.
 *
 * Both ends are here: startTeam() is for who measures, joinTeam() for the module that each process runs.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Starts a process for each task, and waits until all are ready.
 *
 * @param module - calls {@link joinTeam}.
 * @param cleanup - gets the end of the processes.
 * @returns what has them all work once, and gives the numbers that they have answered.
 */
export async function startTeam(
  module: URL,
  tasks: readonly unknown[],
  cleanup: AsyncDisposableStack,
): Promise<() => Promise<number[]>> {
  const members = tasks.map((task) => {
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
    const member = fork(module, [JSON.stringify(task)], { stdio: [...stdio] });
    cleanup.defer(() => dismiss(member));
    return member;
  });
  await Promise.all(members.map(answer));
  return () =>
    Promise.all(
      members.map((member) => {
        const answered = answer(member);
        member.send('begin');
        return answered;
      }),
    );
}

/**
 * Makes this process a member of a team, until whoever has started it is gone.
 *
 * @param prepare - gets the task, and gives the work, which answers with a number.
 */
export async function joinTeam<Task>(
  prepare: (task: Task, cleanup: AsyncDisposableStack) => Promise<() => Promise<number>>,
): Promise<void> {
  const dismissed = once(process, 'disconnect');
  await using cleanup = new AsyncDisposableStack();
  const work = await prepare(JSON.parse(process.argv[2] ?? ''), cleanup);
  process.on('message', async () => void process.send?.(await work()));
  process.send?.(0);
  await dismissed;
}

async function answer(member: ChildProcess): Promise<number> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(member, 'close', { signal }).then(([code]) => {
    throw new Error(`A process of a team has ended with the exit code ${code}.`);
  });
  try {
    const [number] = await Promise.race([once(member, 'message', { signal }), ended]);
    return number;
  } finally {
    waiting.abort();
    ended.catch(() => {});
  }
}

async function dismiss(member: ChildProcess): Promise<void> {
  if (member.exitCode !== null || member.signalCode !== null) return;
  const closed = once(member, 'close');
  if (member.connected) member.disconnect();
  await closed;
}
