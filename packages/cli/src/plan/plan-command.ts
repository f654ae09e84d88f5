/**
 * `runafter plan FILE`: how long a workflow will take at each degree of parallelism, without running it.
 * @module
 */
import { readSnapshot } from '@runafter/core';
import { UsageError } from '../cli-errors.ts';
import { command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../json-output.ts';
import { withStore } from '../open-store.ts';
import { parseCount } from '../option-values.ts';
import { printable } from '../printable.ts';
import type { Session } from '../session.ts';
import { storeOption, workflowOption } from '../shared-options.ts';
import { loadWorkflow } from '../workflow-file.ts';
import type { Plan } from './plan.ts';
import { planBeside, readPlanFile } from './plan-file.ts';
import { mergePlans, planFromRun } from './plan-from-run.ts';
import { planProgress } from './plan-progress.ts';
import { planRuns } from './plan-runs.ts';
import { showPlan } from './show-plan.ts';

interface PlanCommandOptions {
  readonly workflow?: string;
  readonly plan?: string;
  readonly from?: string;
  readonly store?: string;
  readonly loop?: string;
  readonly degrees?: readonly number[];
  readonly samples?: number;
  readonly seed?: string;
}

export const planCommand: ReturnType<typeof command> = command<PlanCommandOptions>({
  name: 'plan',
  summary: 'predict how long a workflow takes, by how much of it is done at once',
  details:
    'Nothing is called and no time passes: the engine runs the workflow on a virtual clock, with actions that only take ' +
    'their time. How long that is, how many items there are and what the connectors take says the plan, or an earlier run.',
  arguments: [{ name: '<file>', description: 'the file, or FILE#EXPORT' }],
  options: [
    workflowOption,
    {
      flags: '--plan <file>',
      description:
        'a JSON file, or a module that exports plan; by default what the file itself exports as plan, else orders.plan.json beside orders.ts',
    },
    {
      flags: '--from <run>',
      description: 'take what the plan does not say from this run of the store',
    },
    storeOption,
    {
      flags: '--loop <address>',
      description:
        'the loop to vary, such as Orders/Lines; by default the outermost, or actions of the run where there is none',
    },
    {
      flags: '--degrees <numbers>',
      description: 'how many at once, with commas between them; 1,5,10,20,50 by default',
      parse: (text) => text.split(',').map((part) => parseCount(part.trim())),
    },
    {
      flags: '--samples <number>',
      description: 'runs of each degree, which differ in what is drawn at random; 5 by default',
      parse: parseCount,
    },
    {
      flags: '--seed <text>',
      description: 'the same seed gives the same prediction; 1 by default',
    },
  ],
  examples: [
    {
      what: 'From durations and limits',
      line: 'runafter plan updates.ts --plan updates.plan.json',
    },
    {
      what: 'What if it had been 20 at once?',
      line: 'runafter plan updates.ts --from week-47 --store runs.db --degrees 10,20',
    },
    {
      what: 'The recommended degree alone',
      line: 'runafter plan updates.ts --json | jq .recommended.degree',
    },
  ],
  run: async ({ args: [file = ''], options }, session) => {
    const { cwd, stdout } = session;
    const workflow = await loadWorkflow(file, { cwd, workflow: options.workflow });
    const plan = await planOf(file, options, session);
    const { loop, degrees, samples, seed } = options;
    const interrupted = new AbortController();
    const progress = planProgress(session);
    const stopListening = session.interrupts.onInterrupt(() => interrupted.abort());
    try {
      const { signal } = interrupted;
      const { onDegree } = progress;
      const asked = { loop, degrees, samples, seed, signal, onDegree };
      const table = await planRuns(workflow, plan, asked).finally(() => progress.close());
      if (options.json) writeJson(stdout, table);
      else stdout.write(showPlan(table, stdout.style));
      return exitCodes.ok;
    } catch (error) {
      if (interrupted.signal.aborted) return exitCodes.interrupted;
      throw error;
    } finally {
      stopListening();
    }
  },
});

/** Says which file it is: nobody has named it. */
async function foundPlan(target: string, { cwd, stderr }: Session): Promise<Plan> {
  const { plan, file } = await planBeside(target, cwd);
  if (file !== undefined) stderr.write(stderr.style.dim(`The plan is ${printable(file)}.\n`));
  return plan;
}

async function planOf(
  file: string,
  { plan: planFile, from, store: url }: PlanCommandOptions,
  session: Session,
): Promise<Plan> {
  const { cwd, clock } = session;
  const written = await (planFile === undefined
    ? foundPlan(file, session)
    : readPlanFile(planFile, cwd));
  if (from === undefined) return written;
  if (from === '')
    throw new UsageError('--from needs the id of a run. `runafter list` shows them.');
  const snapshot = await withStore(url, session, (store) => readSnapshot(store, from, { clock }), {
    readOnly: true,
  });
  return mergePlans(planFromRun(snapshot), written);
}
