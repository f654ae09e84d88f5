/** A session without a process: what is written is kept, and Ctrl-C comes when the clock says so. */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import type { Output, Session, Style } from '../src/session.ts';

const plain = (text: string): string => text;
const plainStyle: Style = {
  ...{ bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain },
};

/** What a test sees of a session. */
export interface FakeSession extends Session {
  readonly clock: VirtualClock;
  readonly written: { stdout: string; stderr: string };
}

interface Given {
  /** Milliseconds after somebody has begun to listen. */
  readonly interruptAfter?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: readonly (string | Uint8Array)[];
  readonly isTerminal?: boolean;
  readonly columns?: number;
  readonly hasDisplay?: boolean;
  /** What time it is at first. */
  readonly now?: Date;
}

export function fakeSession(given: Given = {}): FakeSession {
  const { isTerminal = false, columns = 80, stdin = [] } = given;
  const written = { stdout: '', stderr: '' };
  const clock = virtualClock({ autoAdvance: true, start: given.now ?? new Date('2026-11-22') });
  const output = (stream: 'stdout' | 'stderr'): Output => ({
    ...{ isTerminal, columns, style: plainStyle },
    write: (text) => {
      written[stream] += text;
    },
  });
  return {
    cwd: given.cwd ?? import.meta.dirname,
    env: given.env ?? {},
    clock,
    stdin: (async function* () {
      yield* stdin;
    })(),
    stdout: output('stdout'),
    stderr: output('stderr'),
    interrupts: {
      onInterrupt: (listener) =>
        given.interruptAfter === undefined
          ? () => undefined
          : clock.setTimer(given.interruptAfter, listener),
    },
    hasDisplay: given.hasDisplay ?? false,
    written,
  };
}
