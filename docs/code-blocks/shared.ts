/**
 * What pages leave to the reader: values of a program of theirs, as far as the pages use them.
 * @module
 */

export interface Order {
  readonly id: string;
  readonly sku: string;
  readonly customer: string;
  readonly status: string;
}

/** Where the work is guarded by a lease. */
interface Guarded {
  readonly signal: AbortSignal;
  readonly fence?: { readonly token: bigint };
}

export declare const connectionString: string;
export declare const container: string;
export declare const idempotencyKey: string;
export declare function writeReport(guarded: Guarded): Promise<void>;
