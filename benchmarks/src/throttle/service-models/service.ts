/**
 * A service in virtual time: it takes a call or refuses it, and says how long that takes.
 * @module
 */
import type { Random } from '@runafter/clock';

/** What becomes of a call. Times in milliseconds. */
export type Reply =
  | { readonly throttled: false; readonly latency: number }
  | { readonly throttled: true; readonly latency: number; readonly retryAfter: number };

/** One service during one job. */
export interface Service {
  /**
   * A call arrives.
   *
   * @param now - milliseconds since the job began; never goes back.
   * @param inService - how many calls are being served, this one included.
   */
  call(now: number, inService: number): Reply;
}

/** A kind of service, of which every job gets a new one. */
export interface ServiceKind {
  readonly name: string;
  /** How many calls an item of the job makes, one after the other. */
  readonly callsPerItem: number;
  /** @param calls - how many calls the job makes, for services that change midway. */
  open(random: Random, calls: number): Service;
}
