/**
 * `npm run chaos -- distributed`: every run ends once and as it should, on any number of workers that may die.
 *
 * Read next: trial.ts, what a store goes through; judge.ts, what is right; backends/, which stores there are.
 * @module
 */
import type { Chaos } from '../harness/chaos.ts';
import { tryBackends } from '../harness/try-backends.ts';
import { toJson, toText } from './distributed-report.ts';
import { faultsOf } from './results.ts';
import { tryStore } from './trial.ts';

export const distributedChaos: Chaos = {
  async run(setting) {
    const { results, faults } = await tryBackends(setting, {
      folder: new URL('./backends/', import.meta.url),
      names: ['redis', 'postgres'],
      attempt: tryStore,
    });
    return {
      json: toJson(results),
      text: toText(results),
      faults: [...results.flatMap(faultsOf), ...faults],
    };
  },
};
