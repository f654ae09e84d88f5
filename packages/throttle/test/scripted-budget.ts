/** A budget that says nothing until the test does: as one that is asked over a network. */
import type { Permit, WaitOptions } from '@runafter/clock';
import type { Budget } from '@runafter/throttle';

export interface Take {
  readonly weight: number;
  readonly signal: AbortSignal | undefined;
  /** Grants it, whether it was aborted or not. */
  grant(): CountedPermit;
  fail(error: unknown): void;
}

export interface CountedPermit extends Permit {
  readonly released: number;
}

export class ScriptedBudget implements Budget {
  readonly name = 'Scripted limiter';
  readonly heaviest = 10;
  /** All that were asked for, the oldest first. */
  readonly takes: Take[] = [];
  closed = 0;

  async tryTake(): Promise<Permit | undefined> {
    return undefined;
  }

  take(weight: number, { signal }: WaitOptions): Promise<Permit> {
    return new Promise((resolve, reject) => {
      this.takes.push({
        ...{ weight, signal, fail: reject },
        grant() {
          const permit = countedPermit();
          resolve(permit);
          return permit;
        },
      });
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

function countedPermit(): CountedPermit {
  let released = 0;
  const release = () => {
    released++;
  };
  return {
    get released() {
      return released;
    },
    release,
    [Symbol.dispose]: release,
  };
}
