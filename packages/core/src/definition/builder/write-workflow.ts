/**
 * From a function that writes a body to a workflow: what both forms of definition share.
 * @module
 */
import { compile } from '../compile.ts';
import { checkName } from '../rules/name-rules.ts';
import {
  checkFunction,
  countOption,
  durationOption,
  readOptions,
  textOption,
} from '../rules/option-rules.ts';
import { readReturn } from '../rules/return-rule.ts';
import { markSecure } from '../rules/secure-taint.ts';
import type { Workflow } from '../workflow.ts';
import { makeWorkflow } from '../workflow-brand.ts';
import { type BodyDraft, openBody, type WorkflowDraft, writing } from './draft.ts';

const defaultGrace = 5_000;

/** The names of the options of a workflow. */
export const workflowOptions: readonly string[] = [
  'version',
  'timeout',
  'maxConcurrentActions',
  'grace',
];

/** Runs the function that writes a workflow's body, and compiles what it wrote. */
export function writeWorkflow<In, T>(
  name: unknown,
  options: unknown,
  write: unknown,
  makeFlow: (body: BodyDraft) => object,
): Workflow<In, T> {
  checkName(name, 'workflow', {});
  const place = { workflow: name };
  checkFunction(place, 'body', write);
  const read = readOptions(place, options, workflowOptions);
  const maxConcurrentActions = countOption(read, 'maxConcurrentActions', {
    least: 1,
    endless: true,
  });
  const facts = {
    version: textOption(read, 'version'),
    timeout: durationOption(read, 'timeout'),
    maxConcurrentActions:
      maxConcurrentActions === Number.POSITIVE_INFINITY ? undefined : maxConcurrentActions,
    grace: durationOption(read, 'grace') ?? defaultGrace,
  };
  const draft: WorkflowDraft = {
    name,
    writing: undefined,
    terminatesSucceeded: false,
    looksUpNames: false,
    events: new Set(),
  };
  const body = openBody(draft, undefined);
  const returned = writing(body, () => (write as (flow: object) => unknown)(makeFlow(body)));
  body.output = readReturn(body, place, returned);
  markSecure(body);
  return makeWorkflow(Object.freeze({ name, ...facts, body: compile(body), events: draft.events }));
}
