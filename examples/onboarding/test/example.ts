import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Facts } from '../src/report.ts';

const main = join(import.meta.dirname, '..', 'src', 'main.ts');

export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the example as `npm run example` does; `onOutput` is told what it has printed so far. */
export async function example(
  args: readonly string[],
  onOutput: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Ending> {
  // Its output is a pipe, so it is plain text unless colours are forced on whoever runs the tests.
  const env = { ...process.env, FORCE_COLOR: undefined, ONBOARDING_DATABASE_URL: undefined };
  const child = spawn(process.execPath, ['--conditions=@runafter/source', main, ...args], { env });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    onOutput(stdout, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** What `--json` has printed. */
export function factsIn({ stdout }: Ending): Facts {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string);
}
