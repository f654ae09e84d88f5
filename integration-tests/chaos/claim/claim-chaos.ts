/**
 * `npm run chaos -- claim`: a resource has one holder and an operation one resource, on every backend.
 *
 * Read next: trial.ts, what a backend goes through; judge.ts, what is right; backends/, which there are.
 * @module
 */
import type { Chaos } from '../harness/chaos.ts';
import { tryBackends } from '../harness/try-backends.ts';
import { toJson, toText } from './claim-report.ts';
import { faultsOf } from './results.ts';
import { tryPools } from './trial.ts';

export const claimChaos: Chaos = {
  async run(setting) {
    const { results, faults } = await tryBackends(setting, {
      folder: new URL('./backends/', import.meta.url),
      names: ['redis', 'postgres', 'mssql', 'sqlite', 'azure-blob'],
      attempt: tryPools,
    });
    return {
      json: toJson(results),
      text: toText(results),
      faults: [...results.flatMap(faultsOf), ...faults],
    };
  },
};
