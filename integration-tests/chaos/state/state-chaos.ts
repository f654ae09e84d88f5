/**
 * `npm run chaos -- state`: on every backend, nothing is lost and nothing counts twice.
 *
 * Read next: trial.ts, what a backend goes through; results.ts, what is right; backends/, which there are.
 * @module
 */
import type { Chaos } from '../harness/chaos.ts';
import { tryBackends } from '../harness/try-backends.ts';
import { faultsOf } from './results.ts';
import { toJson, toText } from './state-report.ts';
import { tryBackend } from './trial.ts';

export const stateChaos: Chaos = {
  async run(setting) {
    const { results, faults } = await tryBackends(setting, {
      folder: new URL('./backends/', import.meta.url),
      names: ['redis', 'postgres', 'mssql', 'sqlite', 'azure-blob', 'http'],
      attempt: tryBackend,
    });
    return {
      json: toJson(results),
      text: toText(results),
      faults: [...results.flatMap(faultsOf), ...faults],
    };
  },
};
