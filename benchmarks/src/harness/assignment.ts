/**
 * What the parent asks of a child process, and what the child answers.
 * @module
 */
import type { Effort } from './duel.ts';
import type { Samples, Waits } from './statistics.ts';
import type { Findings } from './work.ts';

/** One comparison, or one measurement, by the names under which the child finds it. */
export type Assignment =
  | {
      readonly kind: 'duel' | 'waiting';
      readonly bench: string;
      readonly work: string;
      readonly peer: string;
      readonly effort: Effort;
    }
  | {
      readonly kind: 'probe';
      readonly bench: string;
      readonly work: string;
      /** Undefined means our own side. */
      readonly peer: string | undefined;
    }
  | {
      readonly kind: 'study';
      readonly bench: string;
      readonly work: string;
      readonly quick: boolean;
    };

/** What a child says. The last one is `samples`, `waits`, `value` or `findings`. */
export type Answer =
  | { readonly kind: 'round'; readonly round: number }
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'samples'; readonly samples: Samples }
  | { readonly kind: 'waits'; readonly waits: Waits }
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'findings'; readonly findings: Findings };
