/** Runs a program in a process of its own. */
import { execFile, type PromiseWithChild } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface ChildOptions {
  /** The size that none of its files may exceed, in blocks of 512 bytes (1,024 in some shells). */
  readonly fileBlocks?: number;
}

/** What it has written, when it has ended well; rejects when it has not. */
export function runChild(
  program: URL,
  args: readonly string[],
  { fileBlocks }: ChildOptions = {},
): PromiseWithChild<{ stdout: string; stderr: string }> {
  const command = [
    process.execPath,
    '--conditions=@runafter/source',
    fileURLToPath(program),
    ...args,
  ];
  const limited = ['sh', '-c', `ulimit -f ${fileBlocks} && exec "$@"`, 'sh', ...command];
  const [file = '', ...rest] = fileBlocks === undefined ? command : limited;
  return promisify(execFile)(file, rest);
}

/** Runs as many of a program at once: each is told to go on when all have said that they are ready. */
export async function raceChildren(
  count: number,
  program: URL,
  args: readonly string[],
): Promise<{ stdout: string; stderr: string }[]> {
  const racers = Array.from({ length: count }, () => runChild(program, args));
  await Promise.all(racers.map(({ child }) => child.stdout && once(child.stdout, 'data')));
  for (const { child } of racers) child.stdin?.write('go\n');
  return await Promise.all(racers);
}
