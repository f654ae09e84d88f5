/**
 * `npm run chaos`: what is promised must hold although processes are killed and networks fail.
 *
 * A run in which nothing was killed or lost where it should have been is a failure as well.
 * Read next: NAME/NAME-chaos.ts, the programs; harness/chaos.ts, what a chaos program is.
 * @module
 */
import { seededRandom } from '@runafter/clock';
import { type CommandLine, readCommandLine, usage } from './command-line.ts';
import type { Chaos } from './harness/chaos.ts';

const programs: Readonly<Record<string, () => Promise<Chaos>>> = {
  claim: async () => (await import('./claim/claim-chaos.ts')).claimChaos,
  distributed: async () => (await import('./distributed/distributed-chaos.ts')).distributedChaos,
  lock: async () => (await import('./lock/lock-chaos.ts')).lockChaos,
  state: async () => (await import('./state/state-chaos.ts')).stateChaos,
};

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const commandLine = readCommandLine(args, Object.keys(programs));
    if (commandLine !== undefined) return await run(commandLine);
    console.log(usage);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

async function run({ name, json, seed, ...setting }: CommandLine): Promise<number> {
  const chaos = await programs[name]?.();
  if (chaos === undefined) return 1;
  console.error(`Seed ${seed}: --seed ${seed} plans the same kills and faults again.`);
  const {
    text,
    faults,
    json: report,
  } = await chaos.run({
    ...setting,
    random: (purpose) => seededRandom(`${seed} ${purpose}`),
    output: process.stderr,
    signal: interrupted(),
  });
  // With --json, standard output is for programs alone.
  (json ? console.error : console.log)(`\n${text}`);
  if (json) console.log(JSON.stringify(report));
  for (const fault of faults) console.error(`✗ ${fault}`);
  if (faults.length > 0) console.error(`Repeat with --seed ${seed}.`);
  return faults.length > 0 ? 1 : 0;
}

/** Aborts at the first Ctrl-C, so that everything is cleared away; a second one ends the program at once. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  // Not once(): libraries that see no other listener any more end the process themselves.
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new Error('It was interrupted.'));
    });
  }
  return controller.signal;
}
