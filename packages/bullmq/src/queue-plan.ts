/**
 * Which work goes through which queue.
 *
 * Runs and actions of a workflow that has a version go through queues of that version, those that the user
 * has named as well, so a process that was given another one never sees them.
 * @module
 */
import type { ActionCall } from '@runafter/core';
import { actionsOf } from '@runafter/core/remote';
import { STREAM } from './announcements.ts';
import { DistributionOptionError } from './bullmq-errors.ts';
import { checkActionQueue } from './option-rules.ts';
import type { ActionQueueOptions, AnyWorkflow } from './options.ts';
import { SWEEP } from './sweep.ts';

/** A definition, as a job names it. */
export interface Versioned {
  readonly workflow: string;
  readonly version?: string | undefined;
}

const RUNS = 'runs';
const ACTIONS = 'actions';

export class QueuePlan {
  /** The definitions, by name and version. */
  readonly #workflows = new Map<string, AnyWorkflow>();
  /** The queue of each action that has one of its own, by workflow and address. */
  readonly #named = new Map<string, string>();
  readonly named: ReadonlyMap<string, ActionQueueOptions>;

  /** @throws {DistributionOptionError} `DISTRIBUTION_OPTION_INVALID` */
  constructor(
    workflows: readonly AnyWorkflow[],
    queues: Readonly<Record<string, ActionQueueOptions>>,
  ) {
    for (const workflow of workflows) this.#add(workflow);
    this.named = new Map(Object.entries(queues));
    for (const [queue, options] of this.named) {
      checkQueueName(queue);
      checkActionQueue(queue, options);
      for (const action of options.actions) this.#assign(action, queue);
    }
  }

  #add(workflow: AnyWorkflow): void {
    const { name: workflowName, definition } = workflow;
    const key = keyOf({ workflow: workflowName, version: definition.version });
    if (this.#workflows.has(key)) {
      const version = definition.version === undefined ? '' : ` in version ${definition.version}`;
      throw new DistributionOptionError(
        'workflows',
        `has two workflows of the name "${workflowName}"${version}. Give each a version of its own.`,
      );
    }
    this.#workflows.set(key, workflow);
  }

  #assign(action: string, queue: string): void {
    const addresses = [...this.#workflows.values()].flatMap(({ name, definition }) =>
      [...actionsOf(definition)].map(({ address }) => `${name}/${address}`),
    );
    if (!addresses.includes(action)) {
      throw new DistributionOptionError(
        `queues.${queue}.actions`,
        `has "${action}", and no workflow has such an action. Known are ${addresses.join(', ')}.`,
      );
    }
    const other = this.#named.get(action);
    if (other !== undefined && other !== queue) {
      throw new DistributionOptionError(
        `queues.${queue}.actions`,
        `has "${action}", which queue "${other}" has too. An action has one queue.`,
      );
    }
    this.#named.set(action, queue);
  }

  /** The definition that a job asks for; undefined when this process was not given it. */
  workflow(asked: Versioned): AnyWorkflow | undefined {
    return this.#workflows.get(keyOf(asked));
  }

  /** The queues of the runs that this process knows. */
  get runQueues(): readonly string[] {
    return [...new Set(this.#versions().map((versioned) => this.runQueue(versioned)))];
  }

  /** The queues of the actions that have none of their own. */
  get commonQueues(): readonly string[] {
    return [...new Set(this.#versions().map((versioned) => queueOf(ACTIONS, versioned)))];
  }

  runQueue(versioned: Versioned): string {
    return queueOf(RUNS, versioned);
  }

  /** What the user has called the queue of an action; undefined where it has none of its own. */
  namedQueue({ workflow, address }: Pick<ActionCall, 'workflow' | 'address'>): string | undefined {
    return this.#named.get(`${workflow}/${address}`);
  }

  actionQueue(call: ActionCall): string {
    return queueOf(this.namedQueue(call) ?? ACTIONS, call);
  }

  /** The queues that a name of the user stands for: one, or one for each version. */
  queuesNamed(name: string): readonly string[] {
    const workflows = new Set((this.named.get(name)?.actions ?? []).map(workflowOf));
    const versions = this.#versions().filter(({ workflow }) => workflows.has(workflow));
    return [...new Set(versions.map((versioned) => queueOf(name, versioned)))];
  }

  #versions(): Versioned[] {
    return [...this.#workflows.values()].map(({ name, definition }) => ({
      workflow: name,
      version: definition.version,
    }));
  }
}

function queueOf(kind: string, { workflow, version }: Versioned): string {
  if (version === undefined) return kind;
  return `${kind} ${encodeURIComponent(workflow)}@${encodeURIComponent(version)}`;
}

/** Names of workflows have no slash. */
function workflowOf(action: string): string {
  return action.slice(0, action.indexOf('/'));
}

function keyOf({ workflow, version }: Versioned): string {
  return JSON.stringify([workflow, version ?? null]);
}

function checkQueueName(name: string): void {
  const isReserved = [RUNS, ACTIONS, STREAM, SWEEP].some(
    (kind) => name === kind || name.startsWith(`${kind} `),
  );
  if (name !== '' && !name.includes(':') && !isReserved) return;
  throw new DistributionOptionError(
    `queues["${name}"]`,
    isReserved
      ? 'is a name that the distribution uses itself. Choose another one.'
      : 'is no name for a queue: it must not be empty, nor have a colon.',
  );
}
