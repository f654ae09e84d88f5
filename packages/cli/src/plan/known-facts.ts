/**
 * A plan that was checked against a definition: times in milliseconds, defaults filled in.
 * @module
 */
import type { RetryPolicy } from '@runafter/clock';
import type { ServiceModelOptions } from '@runafter/throttle/model';

/** A time that is drawn at random; always the mean where sigma is 0. Milliseconds. */
export interface Distribution {
  readonly mean: number;
  readonly sigma: number;
}

/** What is known of something in the definition, by its kind. */
export type Facts =
  | {
      readonly of: 'action';
      readonly duration: Distribution;
      readonly connector: string | undefined;
      readonly calls: number;
      readonly failures: number;
    }
  | { readonly of: 'delay'; readonly duration: Distribution }
  | { readonly of: 'loop'; readonly items: number; readonly keys: number | undefined }
  | { readonly of: 'branching'; readonly shares: readonly (readonly [string, number])[] }
  | { readonly of: 'until'; readonly rounds: number };

/** A service, with the policy of its client. */
export interface KnownConnector {
  readonly service: ServiceModelOptions;
  readonly retry: RetryPolicy;
}

/** All that a simulation asks for. What is in branches that are never taken may be missing. */
export interface KnownFacts {
  readonly actions: ReadonlyMap<string, Facts>;
  readonly connectors: ReadonlyMap<string, KnownConnector>;
}
