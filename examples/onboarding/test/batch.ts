import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import { memoryRunStore } from '@runafter/core';
import {
  fasterClock,
  type Office,
  type OfficeClient,
  type OfficeOptions,
  officeClient,
  startOffice,
} from '@runafter/example-office';
import { onTestFinished } from 'vitest';
import type { HrDatabase } from '../src/database/hr-database.ts';
import { openHrDatabase } from '../src/database/open-hr-database.ts';
import type { Hire, Product } from '../src/hire.ts';
import { limitsOn } from '../src/limits.ts';
import { type Proof, proofOf } from '../src/proof.ts';
import { runOnboarding } from '../src/run-onboarding.ts';
import type { Summary } from '../src/summary.ts';
import { connect } from '../src/systems.ts';

/** Some hires who all want the same. There are 30 licences of E5. */
export function someHires(count: number, licence: Product = 'E5'): Hire[] {
  return Array.from({ length: count }, (_, index) => ({
    number: `E${1001 + index}`,
    firstName: 'Ada',
    lastName: `Lovelace ${index + 1}`,
    account: `ada.${index + 1}@example.com`,
    department: 'Sales',
    manager: 'Grace Hopper',
    licence,
  }));
}

/** A batch with systems of its own, which are closed after the test. */
export interface Batch {
  readonly office: Office;
  readonly client: OfficeClient;
  readonly database: HrDatabase;
  run(): Promise<Summary>;
  proof(): Promise<Proof>;
}

/** An office without limits, faults and latencies but those that the test asks for, and a database. */
export async function aBatch(hires: readonly Hire[], options: OfficeOptions = {}): Promise<Batch> {
  const folder = await mkdtemp(join(tmpdir(), 'onboarding-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const database = await openHrDatabase({ kind: 'sqlite', at: folder, batch: 'batch' });
  onTestFinished(() => database[Symbol.asyncDispose]());
  const quiet = { limit: 'off', latency: 'off' } as const;
  const office = await startOffice({
    ...{ speed: 2_000, directory: quiet, sites: quiet, mail: quiet },
    ...options,
  });
  onTestFinished(() => office.close());
  return {
    office,
    client: officeClient(office.url),
    database,
    run: () =>
      runOnboarding(
        connect(office.url, database, limitsOn(fasterClock(systemClock, 2_000))),
        hires,
        {
          ...{ store: memoryRunStore(), runId: 'batch', speed: 2_000, concurrency: 30 },
        },
      ),
    proof: () => proofOf(hires, office, database),
  };
}
