/** A service, and names that the page has imported before. */
import type { Flow } from '@runafter/core';

export { transientRetry } from '@runafter/throttle';

export declare const flow: Flow<readonly string[]>;
export declare const crmApi: {
  push(lead: string, options: { readonly signal: AbortSignal }): Promise<void>;
};
