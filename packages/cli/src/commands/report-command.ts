/**
 * `runafter report RUN`: the picture of a run, as one HTML file.
 * @module
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../json-output.ts';
import { withStore } from '../open-store.ts';
import { writePicture } from '../running/run-picture.ts';
import { storeOption } from '../shared-options.ts';

interface ReportOptions {
  readonly store?: string;
  readonly out?: string;
  readonly open?: boolean;
}

export const reportCommand: ReturnType<typeof command> = command<ReportOptions>({
  name: 'report',
  summary: 'draw a run of a store: graph, times and tables, as one HTML file',
  details:
    'The run may go on: the picture shows how far it is. The file needs neither a server nor a network.',
  arguments: [{ name: '<run>', description: 'the id of the run' }],
  options: [
    storeOption,
    {
      flags: '--out <file>',
      description:
        'where to write it; by default runafter-RUN.html, with --open among temporary files',
    },
    {
      flags: '--open',
      description: 'open it in the browser; without a display, only its path is written',
    },
  ],
  examples: [
    { what: 'Look at it', line: 'runafter report order-17 --store runs.db --open' },
    { what: 'Keep it', line: 'runafter report order-17 --store runs.db --out order-17.html' },
  ],
  run: async ({ args: [runId = ''], options }, session) => {
    const { readView } = await import('@runafter/report');
    const view = await withStore(options.store, session, (store) => readView(store, runId), {
      readOnly: true,
    });
    const name = `runafter-${runId.replaceAll(/[^\w.-]/g, '_')}.html`;
    const path =
      options.out === undefined && options.open
        ? join(await mkdtemp(join(tmpdir(), 'runafter-')), name)
        : resolve(session.cwd, options.out ?? name);
    await writePicture(path, view);
    const isOpen = options.open === true && session.hasDisplay;
    if (isOpen) {
      const { default: open } = await import('open');
      await open(path);
    }
    if (options.json) writeJson(session.stdout, { runId, file: path, opened: isOpen });
    else session.stdout.write(`${path}\n`);
    return exitCodes.ok;
  },
});
