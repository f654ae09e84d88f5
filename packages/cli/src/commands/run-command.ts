/**
 * `runafter run FILE`: starts a workflow, and shows how it goes.
 * @module
 */
import { type RunStore, start } from '@runafter/core';
import { command } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { withStore } from '../open-store.ts';
import { readInput } from '../read-input.ts';
import { followToEnd } from '../running/follow-to-end.ts';
import { pictureFor } from '../running/run-picture.ts';
import type { Session } from '../session.ts';
import {
  type RunningOptions,
  runningOptions,
  startOptionsOf,
  storeOption,
  workflowOption,
} from '../shared-options.ts';
import { loadWorkflow } from '../workflow-file.ts';

interface RunOptions extends RunningOptions {
  readonly input?: string;
  readonly workflow?: string;
  readonly store?: string;
  readonly runId?: string;
}

export const runCommand: ReturnType<typeof command> = command<RunOptions>({
  name: 'run',
  summary: 'run a workflow of a JavaScript or TypeScript file',
  details:
    'Without a store, the run ends with this process, and Ctrl-C cancels it. With one it outlives the process: ' +
    'Ctrl-C suspends it, resume goes on with it, and the same run id is the same run.',
  arguments: [
    { name: '<file>', description: 'the file, or FILE#EXPORT for one of several workflows in it' },
  ],
  options: [
    workflowOption,
    {
      flags: '--input <json>',
      description: "the run's input: JSON, @FILE with JSON, or - for JSON on the standard input",
    },
    storeOption,
    { flags: '--run-id <id>', description: 'the identity of the run; a random one by default' },
    ...runningOptions,
  ],
  examples: [
    { what: 'Run it here and now', line: `runafter run orders.ts --input '{"sku":"A-17"}'` },
    {
      what: 'Run it so that it survives this process',
      line: 'runafter run orders.ts --input @order.json --store runs.db --run-id order-17',
    },
    {
      what: 'What it hands over, for another program',
      line: 'cat order.json | runafter run orders.ts --input - --json | jq .outputs',
    },
  ],
  run: async ({ args, options }, session) => {
    const [file = ''] = args;
    const workflow = await loadWorkflow(file, { cwd: session.cwd, workflow: options.workflow });
    const input = await readInput(options.input, session);
    const runIn = (store?: RunStore): Promise<ExitCode> =>
      startAndFollow({ file, workflow, input, store }, options, session);
    return options.store === undefined ? runIn() : withStore(options.store, session, runIn);
  },
});

interface What {
  readonly file: string;
  readonly workflow: Awaited<ReturnType<typeof loadWorkflow>>;
  readonly input: unknown;
  readonly store: RunStore | undefined;
}

async function startAndFollow(
  { file, workflow, input, store }: What,
  options: RunOptions & { readonly json: boolean },
  session: Session,
): Promise<ExitCode> {
  const { runId } = options;
  const picture = await pictureFor(options.report, session);
  const run = start(workflow, input, {
    ...startOptionsOf(options, session),
    ...(picture && { telemetry: picture.telemetry }),
    ...(store && { store }),
    ...(runId !== undefined && { runId }),
  });
  const isDurable = store !== undefined;
  return followToEnd({ run, workflow, file, picture, isDurable }, options, session);
}
