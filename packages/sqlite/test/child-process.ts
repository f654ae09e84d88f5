/** Runs a program in a process of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface ChildOptions {
  /** The size that none of its files may exceed, in blocks of 512 bytes (1,024 in some shells). */
  readonly fileBlocks?: number;
}

/** What it has written, when it has ended well; rejects when it has not. */
export function runChild(
  program: URL,
  args: readonly string[],
  { fileBlocks }: ChildOptions = {},
): Promise<{ stdout: string; stderr: string }> {
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
