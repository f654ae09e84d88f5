/** The onboarding over several processes comes to the same as in one, whoever dies. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { expectedFacts, hiresFile } from './hires-file.ts';

const main = join(import.meta.dirname, '..', '..', 'examples', 'onboarding', 'src', 'main.ts');

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the example to its end; that is when all its processes have let go of its output. */
async function onboard(
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
  onOutput: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ending> {
  const env = { ...process.env, ONBOARDING_DATABASE_URL: undefined, ...variables };
  const options = ['--distributed', '--speed', '1000', '--input', await hiresFile(), ...args];
  const program = ['--conditions=@runafter/source', main, ...options];
  const child = spawn(process.execPath, program, { env });
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

/** How many calls each service has worked on at once, at most. */
type Stats = Readonly<Record<string, { readonly peakInService: number }>>;

async function statsOf(office: string): Promise<Stats> {
  const response = await fetch(`${office}/office/stats`);
  return (await response.json()) as Stats;
}

async function keysOfBatches(url: string): Promise<string[]> {
  const client = new Redis(url);
  try {
    return await client.keys('monday-*');
  } finally {
    client.disconnect();
  }
}

await onService('redis', ({ url }) => {
  it('onboards the same as one process does, although the one that schedules is killed half-way', async () => {
    const { code, stdout } = await onboard(['--json', '--kill', '--workers', '2'], {
      REDIS_URL: url,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ...expectedFacts,
      database: 'SQLite',
      seconds: expect.any(Number),
    });
    expect(await keysOfBatches(url)).toEqual([]);
  });
});

const server = 'redis-server';
const hasServer = spawnSync(server, ['--version']).error === undefined;
const isRequired = Boolean(process.env.CI) || Boolean(process.env.TEST_SERVICES);

it.skipIf(!hasServer && !isRequired)(
  'keeps to the limits of the services, all processes together; Ctrl-C ends them, and the server of their own',
  async () => {
    let stats: Promise<Stats> | undefined;
    // Slow enough for more calls to be under way at once than the limits let through.
    const args = ['--workers', '2', '--speed', '100'];
    const ending = await onboard(args, { REDIS_URL: undefined }, (text, kill) => {
      const url = /at (http:[^\s,]+)/.exec(text)?.[1];
      if (stats !== undefined || !text.includes('2 processes      11 of 33')) return;
      stats = statsOf(`${url}`).finally(() => kill('SIGINT'));
    });
    expect(ending.code).toBe(130);
    expect(ending.stderr).toContain('The onboarding was stopped by SIGINT, before its end.');
    expect(ending.stdout).not.toContain('Summary');
    // 30 hires are worked on at a time, so a process of its own limits would send more.
    const { directory, sites, mail } = (await stats) ?? {};
    expect(directory?.peakInService).toBeLessThanOrEqual(15);
    expect(sites?.peakInService).toBeLessThanOrEqual(20);
    expect(mail?.peakInService).toBeLessThanOrEqual(15);
  },
);
