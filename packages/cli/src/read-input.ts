/**
 * The input of a run, from the command line, a file or the standard input.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { toFault } from '@runafter/errors';
import { InputError } from './cli-errors.ts';
import type { Session } from './session.ts';

/**
 * Reads `--input`: JSON, `@` and the name of a file with JSON, or `-` for the standard input.
 *
 * @param given - undefined is a run without an input.
 * @throws {InputError} `CLI_INPUT_INVALID`, as a rejection.
 */
export async function readInput(
  given: string | undefined,
  { cwd, stdin }: Pick<Session, 'cwd' | 'stdin'>,
): Promise<unknown> {
  if (given === undefined) return undefined;
  if (given === '-') return parsed(await textOf(stdin), 'The standard input');
  if (!given.startsWith('@')) return parsed(given, '--input');
  const file = resolve(cwd, given.slice(1));
  try {
    return parsed(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`The input cannot be read: ${toFault(error).message}`, { cause: error });
  }
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${where} is not JSON: ${toFault(error).message}`, { cause: error });
  }
}

async function textOf(stream: AsyncIterable<string | Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
