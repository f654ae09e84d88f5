/**
 * `npm run chaos -- lock`: a holder that was paused and wakes up changes nothing, on every backend.
 *
 * Read next: trial.ts, what a backend goes through; judge.ts, what is right; backends/, which there are.
 * @module
 */
import type { Chaos } from '../harness/chaos.ts';
import { tryBackends } from '../harness/try-backends.ts';
import { toJson, toText } from './lock-report.ts';
import { faultsOf } from './results.ts';
import { tryLocks } from './trial.ts';

export const lockChaos: Chaos = {
  async run(setting) {
    const { results, faults } = await tryBackends(setting, {
      folder: new URL('./backends/', import.meta.url),
      names: ['redis', 'postgres', 'mssql', 'sqlite', 'azure-blob'],
      attempt: tryLocks,
    });
    return {
      json: toJson(results),
      text: toText(results),
      faults: [...results.flatMap(faultsOf), ...faults],
    };
  },
};
