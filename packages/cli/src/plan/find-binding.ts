/**
 * What binds a degree: found by lifting one bound after the other and running again, which needs no theory of what
 * holds up what.
 * @module
 */
import type { KnownConnector, KnownFacts } from './known-facts.ts';
import type { Binding, ConnectorBound } from './plan-table.ts';
import { type RunSetting, simulateRun } from './simulate-run.ts';

/** What is less is not worth naming. */
const worthwhile = 0.05;

const bounds: readonly ConnectorBound[] = ['rate', 'concurrency', 'slots', 'contention'];

/**
 * @param makespan - of the same setting, as it is.
 * @param criticalPath - milliseconds of the setting without any bound.
 */
export async function findBinding(
  setting: RunSetting,
  makespan: number,
  criticalPath: number,
): Promise<Binding> {
  const lifted: Binding[] = [
    { by: 'degree' },
    ...actionBound(setting),
    ...connectorBounds(setting.facts),
  ];
  const gains = await Promise.all(
    lifted.map(async (binding) => ({
      binding,
      gain: 1 - (await simulateRun(without(setting, binding))).makespan / makespan,
    })),
  );
  const best = gains.reduce((most, other) => (other.gain > most.gain ? other : most));
  if (best.gain >= worthwhile) return best.binding;
  return criticalPath < makespan * (1 - worthwhile)
    ? { by: 'several limits' }
    : { by: 'critical path' };
}

/** Of the workflow's own; where it is what is varied, it is the degree. */
function actionBound({ workflow, variable }: RunSetting): Binding[] {
  const { maxConcurrentActions } = workflow.definition;
  const isBound = variable.kind === 'loop' && maxConcurrentActions !== undefined;
  return isBound ? [{ by: 'maxConcurrentActions' }] : [];
}

function connectorBounds({ connectors }: KnownFacts): Binding[] {
  return [...connectors].flatMap(([connector, { service }]) =>
    bounds
      .filter((limit) => service[limit] !== undefined)
      .map((limit): Binding => ({ by: 'connector', connector, limit })),
  );
}

function without(setting: RunSetting, binding: Binding): RunSetting {
  // Not without bound: so many at once would be held up by what does not bind yet.
  if (binding.by === 'degree') return { ...setting, degree: setting.degree * 2 };
  if (binding.by === 'maxConcurrentActions') return { ...setting, anyActions: true };
  if (binding.by !== 'connector') return setting;
  const { facts } = setting;
  const connectors = new Map(facts.connectors);
  const known = connectors.get(binding.connector) as KnownConnector;
  const service = { ...known.service, [binding.limit]: undefined };
  connectors.set(binding.connector, { ...known, service });
  return { ...setting, facts: { ...facts, connectors } };
}
