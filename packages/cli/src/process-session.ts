/**
 * The process itself as a session.
 *
 * Invariant: a reader that goes away, such as `| head`, is no error; whatever is written then is let go.
 * @module
 */
import { styleText } from 'node:util';
import { systemClock } from '@runafter/clock';
import { exitCodes } from './exit-codes.ts';
import type { Interrupts, Output, Session, Style } from './session.ts';

/** What a command sees of this process. */
export function processSession(): Session {
  const { env, platform } = process;
  return {
    cwd: process.cwd(),
    env,
    clock: systemClock,
    stdin: process.stdin,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    interrupts: processInterrupts,
    hasDisplay:
      platform === 'win32' ||
      platform === 'darwin' ||
      env.DISPLAY !== undefined ||
      env.WAYLAND_DISPLAY !== undefined,
  };
}

type Stream = typeof process.stdout | typeof process.stderr;

function outputOf(stream: Stream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || 80;
    },
    style: styleOf(stream),
    write: (text) => {
      if (!stream.destroyed) stream.write(text);
    },
  };
}

/** Node looks at the stream, NO_COLOR and FORCE_COLOR. */
function styleOf(stream: Stream): Style {
  const styled =
    (format: keyof Style) =>
    (text: string): string =>
      styleText(format, text, { stream });
  return {
    bold: styled('bold'),
    dim: styled('dim'),
    red: styled('red'),
    green: styled('green'),
    yellow: styled('yellow'),
    cyan: styled('cyan'),
  };
}

const signals = ['SIGINT', 'SIGTERM'] as const;

const processInterrupts: Interrupts = {
  onInterrupt(listener) {
    let isFirst = true;
    const onSignal = (): void => {
      if (!isFirst) process.exit(exitCodes.interrupted);
      isFirst = false;
      listener();
    };
    for (const signal of signals) process.on(signal, onSignal);
    return () => {
      for (const signal of signals) process.off(signal, onSignal);
    };
  },
};
