/**
 * Everything that a command sees of the process it runs in, so that tests hand it another one.
 *
 * Invariant: results go to `stdout`, and nothing else does: what is piped on is what was asked for.
 * Read next: process-session.ts, the real one.
 * @module
 */
import type { Clock } from '@runafter/clock';

/** Texts with colours, where they are wanted. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** Where text goes. */
export interface Output {
  /** Somebody looks at it. */
  readonly isTerminal: boolean;
  /** How wide it is; 80 where that is not known. */
  readonly columns: number;
  /** Adds nothing where colours are not wanted: NO_COLOR, a pipe, a terminal without. */
  readonly style: Style;
  write(text: string): void;
}

/** Ctrl-C, and being told to end. */
export interface Interrupts {
  /**
   * Calls the listener at the first one, instead of ending the process. The second one ends it, with
   * exit code 130.
   *
   * @returns ends that.
   */
  onInterrupt(listener: () => void): () => void;
}

/** What a command runs in. */
export interface Session {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: Output;
  /** Progress, notes and errors. */
  readonly stderr: Output;
  readonly interrupts: Interrupts;
  /** Whether a browser could be opened here. */
  readonly hasDisplay: boolean;
}
