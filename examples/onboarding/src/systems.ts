/**
 * The systems that a hire is made known to, from the side of the program that does it.
 * @module
 */
import { type OfficeClient, officeClient } from '@runafter/example-office';
import type { HrDatabase } from './database/hr-database.ts';
import { type Licences, licencesIn } from './licences.ts';
import type { Limits } from './limits.ts';

/** What there is to call. */
export interface Systems {
  /** The directory of everybody who can sign in. */
  readonly accounts: OfficeClient['accounts'];
  readonly sites: OfficeClient['sites'];
  readonly mail: OfficeClient['mail'];
  readonly licences: Licences;
  readonly database: HrDatabase;
  readonly limits: Limits;
}

/**
 * Connects to the office at an address, and to the database. Nothing is sent yet.
 *
 * No signal is passed to the office: a call that has been sent goes through, whether its caller listens
 * or not, and only who has waited for the reply knows what there is to undo.
 *
 * @param limits - of this process, or shared with others.
 */
export function connect(url: string, database: HrDatabase, limits: Limits): Systems {
  const { accounts, sites, mail } = officeClient(url, { connection: 'onboarding' });
  return {
    ...{ accounts, sites, mail, database, limits },
    licences: licencesIn(database),
  };
}
