/**
 * The operating system asks the process to end.
 * @module
 */
import process, { kill, pid } from 'node:process';

export class Shutdown {
  readonly #signals: readonly NodeJS.Signals[];
  readonly #listener: (signal: NodeJS.Signals) => void;

  /**
   * @param leave - gives back what the process has.
   * @param onFault - told when that fails; the process ends all the same.
   */
  constructor(
    signals: readonly NodeJS.Signals[],
    leave: () => Promise<void>,
    onFault: (error: Error) => void,
  ) {
    this.#signals = signals;
    this.#listener = (signal) => {
      void leave()
        .catch(onFault)
        .then(() => {
          this.close();
          // Whoever listens as well decides when the process ends; with nobody else the usual thing happens.
          if (process.listenerCount(signal) === 0) kill(pid, signal);
        });
    };
    for (const signal of signals) process.on(signal, this.#listener);
  }

  close(): void {
    for (const signal of this.#signals) process.off(signal, this.#listener);
  }
}
