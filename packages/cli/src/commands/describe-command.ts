/**
 * `runafter describe FILE`: a workflow as a drawing, as a list or as JSON, without running it.
 * @module
 */
import { describe } from '@runafter/core';
import { command } from '../command.ts';
import { toMermaid } from '../describe/mermaid.ts';
import { toText } from '../describe/text.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../json-output.ts';
import { workflowOption } from '../shared-options.ts';
import { loadWorkflow } from '../workflow-file.ts';

interface DescribeOptions {
  readonly workflow?: string;
  readonly format: 'text' | 'mermaid' | 'json';
}

export const describeCommand: ReturnType<typeof command> = command<DescribeOptions>({
  name: 'describe',
  summary: 'draw a workflow, or write it as JSON',
  arguments: [{ name: '<file>', description: 'the file, or FILE#EXPORT' }],
  options: [
    workflowOption,
    {
      flags: '--format <format>',
      description: 'text, a Mermaid flowchart, or JSON; text by default',
      choices: ['text', 'mermaid', 'json'],
      default: 'text',
    },
  ],
  examples: [
    { what: 'What runs after what', line: 'runafter describe orders.ts' },
    {
      what: 'A drawing for a page of Markdown',
      line: 'runafter describe orders.ts --format mermaid',
    },
    { what: 'The whole definition, for a program', line: 'runafter describe orders.ts --json' },
  ],
  run: async ({ args: [file = ''], options }, { cwd, stdout }) => {
    const description = describe(await loadWorkflow(file, { cwd, workflow: options.workflow }));
    const format = options.json ? 'json' : options.format;
    if (format === 'json') writeJson(stdout, description);
    else if (format === 'mermaid') stdout.write(toMermaid(description));
    else stdout.write(toText(description, stdout.style));
    return exitCodes.ok;
  },
});
