/**
 * `runafter why RUN`: which leaf decided how a run ended, and by which chain of actions.
 * @module
 */
import { readSnapshot } from '@runafter/core';
import { command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../json-output.ts';
import { withStore } from '../open-store.ts';
import { printableLines } from '../printable.ts';
import { storeOption } from '../shared-options.ts';

interface WhyOptions {
  readonly store?: string;
}

export const whyCommand: ReturnType<typeof command> = command<WhyOptions>({
  name: 'why',
  summary: 'say why a run ended as it did',
  details: 'The file of the workflow is not needed: what the run left in the store says it.',
  arguments: [{ name: '<run>', description: 'the id of the run' }],
  options: [storeOption],
  examples: [
    { what: 'Which action is to blame', line: 'runafter why order-17 --store runs.db' },
    {
      what: 'The path of the first cause',
      line: "runafter why order-17 --store runs.db --json | jq -r '.chain[-1].path'",
    },
  ],
  run: async ({ args: [runId = ''], options }, session) => {
    const {
      runId: id,
      workflow,
      status,
      error,
      explanation,
    } = await withStore(
      options.store,
      session,
      (store) => readSnapshot(store, runId, { clock: session.clock }),
      { readOnly: true },
    );
    const { text, chain } = explanation;
    if (options.json)
      writeJson(session.stdout, { runId: id, workflow, status, error, text, chain });
    else session.stdout.write(`${printableLines(text)}\n`);
    return exitCodes.ok;
  },
});
