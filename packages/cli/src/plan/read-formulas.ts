/**
 * What throttle's formulas say of a loop, next to what the simulation does.
 * @module
 */
import { parseDuration } from '@runafter/clock';
import type { RunEvent } from '@runafter/core';
import { iterationsPerMinute, type Rate, safeConcurrency } from '@runafter/throttle';
import type { KnownFacts } from './known-facts.ts';
import type { FormulaReading } from './plan-table.ts';
import { type RunSetting, simulateRun, type Variable } from './simulate-run.ts';

/** The strictest rate of each connector that is called in the loop. */
export async function readFormulas(
  setting: Omit<RunSetting, 'degree'>,
  unlimited: KnownFacts,
): Promise<FormulaReading[]> {
  const { variable, facts } = setting;
  if (variable.kind !== 'loop') return [];
  const iterations = new IterationTimes(variable);
  const onEvent = (event: RunEvent): void => iterations.hear(event);
  const { tally } = await simulateRun({ ...setting, facts: unlimited, degree: 1, onEvent });
  const iterationTime = iterations.mean;
  if (iterationTime === 0) return [];
  return [...tally.callsInside(variable.address)].flatMap(([connector, calls]) => {
    const rate = strictest(facts.connectors.get(connector)?.service.rate);
    if (rate === undefined) return [];
    const limitPerMinute = (rate.calls * 60_000) / parseDuration(rate.per);
    const callsPerIteration = calls / iterations.count;
    return {
      connector,
      limitPerMinute,
      callsPerIteration,
      iterationTime,
      safeConcurrency: safeConcurrency({ limitPerMinute, callsPerIteration, iterationTime }),
      iterationsPerMinute: iterationsPerMinute({ limitPerMinute, callsPerIteration }),
    };
  });
}

function strictest(rate: Rate | readonly Rate[] | undefined): Rate | undefined {
  if (rate === undefined || 'calls' in rate) return rate;
  const pace = ({ calls, per }: Rate): number => calls / parseDuration(per);
  return [...rate].sort((a, b) => pace(a) - pace(b))[0];
}

/** How long the iterations of a loop take, by its events. */
class IterationTimes {
  readonly #address: string;
  readonly #startedAt = new Map<string, number>();
  #sum = 0;
  count = 0;

  constructor({ address }: Extract<Variable, { readonly kind: 'loop' }>) {
    this.#address = address;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count;
  }

  hear(event: RunEvent): void {
    if (event.type !== 'iteration.started' && event.type !== 'iteration.ended') return;
    if (event.path.replaceAll(/\[[^\]]*\]/g, '') !== this.#address) return;
    const time = event.time.getTime();
    if (event.type === 'iteration.started') this.#startedAt.set(event.path, time);
    else {
      this.#sum += time - (this.#startedAt.get(event.path) ?? time);
      this.count++;
      this.#startedAt.delete(event.path);
    }
  }
}
