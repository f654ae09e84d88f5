import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  keepRenewed,
  LeaseLostError,
  LeaseReleasedError,
  type Renewal,
  type RenewalOptions,
  readClock,
  systemClock,
  type VirtualClock,
  virtualClock,
} from '../src/index.ts';

const unhandled = vi.fn();

beforeEach(() => {
  process.on('unhandledRejection', unhandled);
});

afterEach(() => {
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

type Renew = RenewalOptions['renew'];

/** A lease of 30 s that is asked for now: renewed at 10 s, lost at 27 s, freed by its store at 30 s. */
function hold(clock: VirtualClock, renew: Renew, options: Partial<RenewalOptions> = {}): Renewal {
  const requestedAt = readClock(clock);
  return keepRenewed({ clock, name: 'daily-report', ttl: '30s', requestedAt, renew, ...options });
}

/** Answers as it is told, and notes when it was asked. */
function store(clock: VirtualClock, answer: (call: number) => boolean | Promise<boolean>) {
  const calls: number[] = [];
  const signals: AbortSignal[] = [];
  const renew: Renew = async ({ signal }) => {
    calls.push(clock.monotonic());
    signals.push(signal);
    return answer(calls.length);
  };
  return { renew, calls, signals };
}

const refuse = () => Promise.reject(new Error('connection reset'));
const never = () => new Promise<boolean>(() => {});

/** When the signal aborts, on the clock's monotonic(). */
function abortTime(clock: VirtualClock, { signal }: Renewal): Promise<number> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(clock.monotonic()), { once: true });
  });
}

describe('a lease that is renewed', () => {
  it('is asked for again at a third of its ttl, counted from before the last request', async () => {
    const clock = virtualClock();
    const { renew, calls } = store(clock, async () => {
      await clock.sleep('2s');
      return true;
    });
    const lease = hold(clock, renew);
    await clock.advance('45s');
    expect(calls).toEqual([10_000, 20_000, 30_000, 40_000]);
    expect(lease.lost).toBe(false);
    expect(lease.signal.aborted).toBe(false);
    lease.assertHeld();
  });

  it('expires a margin before its store frees it, and each renewal moves that on', async () => {
    const clock = virtualClock({ start: 0 });
    const lease = hold(clock, store(clock, () => true).renew);
    expect(lease.expiresAt).toBe(27_000);
    await clock.advance('10s');
    expect(lease.expiresAt).toBe(37_000);
    const careful = hold(clock, never, { margin: '12s' });
    expect(careful.expiresAt).toBe(10_000 + 18_000);
  });

  it('is not asked for twice at once, however long an answer takes', async () => {
    const clock = virtualClock();
    const { renew, calls } = store(clock, async () => {
      await clock.sleep('13s');
      return true;
    });
    const lease = hold(clock, renew);
    await clock.advance('60s');
    expect(calls).toEqual([10_000, 23_000, 36_000, 49_000]);
    expect(lease.lost).toBe(false);
  });
});

describe('a renewal that fails', () => {
  it('is tried again after short waits with jitter, until one is granted', async () => {
    const clock = virtualClock();
    const { renew, calls } = store(clock, (call) => call === 5 || call > 6 || refuse());
    const lease = hold(clock, renew, { random: () => 0.5 });
    await clock.advance('20s');
    expect(calls).toEqual([10_000, 10_650, 12_150, 14_650, 17_650]);
    expect(lease.lost).toBe(false);
    expect(lease.expiresAt).toBe(virtualClock().now() + 17_650 + 27_000);
    await clock.advance('10s');
    expect(calls.slice(5)).toEqual([27_650, 28_300]);
  });

  it('loses the lease at its deadline when no other one is granted, with the last cause', async () => {
    const clock = virtualClock();
    const { renew, calls } = store(clock, (call) => Promise.reject(new Error(`failure ${call}`)));
    const lease = hold(clock, renew);
    const lostAt = abortTime(clock, lease);
    await clock.advance('2m');
    expect(await lostAt).toBe(27_000);
    expect(calls.length).toBeGreaterThan(5);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLostError);
    expect(lease.signal.reason).toMatchObject({
      code: 'LEASE_LOST',
      leaseName: 'daily-report',
      loss: 'expired',
      cause: new Error(`failure ${calls.length}`),
    });
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['throws', vi.fn<Renew>(() => expect.unreachable('thrown at once'))],
    ['rejects with undefined', vi.fn<Renew>(() => Promise.reject(undefined))],
  ])('is tried again also when it %s', async (_, renew) => {
    const clock = virtualClock();
    const lease = hold(clock, renew);
    await clock.advance('20s');
    expect(renew.mock.calls.length).toBeGreaterThan(1);
    expect(lease.lost).toBe(false);
    await lease.stop();
  });

  it('does not lose the cause to a success in between', async () => {
    const clock = virtualClock();
    const { renew } = store(clock, (call) => [refuse, () => true, never][call - 1]?.() ?? true);
    const lease = hold(clock, renew);
    await clock.advance('1m');
    expect(lease.lost).toBe(true);
    expect(lease.signal.reason).not.toHaveProperty('cause');
  });
});

describe('a renewal that is refused', () => {
  it('loses the lease at once and for good', async () => {
    const clock = virtualClock();
    const { renew, calls } = store(clock, () => false);
    const lease = hold(clock, renew);
    await clock.advance('10s');
    expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST', loss: 'refused' });
    expect(lease.lost).toBe(true);
    expect(() => lease.assertHeld()).toThrow(lease.signal.reason);
    await clock.advance('1m');
    expect(calls).toEqual([10_000]);
    expect(clock.pending).toBe(0);
  });
});

describe('a renewal without an answer', () => {
  it('is told to give up after a third of the ttl, and is then tried again', async () => {
    const clock = virtualClock();
    const givenUpAt: number[] = [];
    const { renew, calls } = store(clock, async (call) => {
      if (call > 1) return true;
      return new Promise((_, reject) => {
        const [signal] = signals;
        signal?.addEventListener('abort', () => {
          givenUpAt.push(clock.monotonic());
          reject(signal.reason);
        });
      });
    });
    const signals: AbortSignal[] = [];
    const lease = hold(clock, (options) => {
      signals.push(options.signal);
      return renew(options);
    });
    await clock.advance('25s');
    expect(givenUpAt).toEqual([20_000]);
    expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' });
    expect(calls).toHaveLength(2);
    expect(lease.expiresAt).toBe(virtualClock().now() + (calls[1] ?? 0) + 27_000);
  });

  it('is aborted when the deadline comes, and the lease is lost then', async () => {
    const clock = virtualClock();
    const { renew, signals } = store(clock, async (call) => {
      await clock.sleep(call === 1 ? '12s' : '1h');
      throw new Error('busy');
    });
    const lease = hold(clock, renew);
    const lostAt = abortTime(clock, lease);
    await clock.advance('26.999s');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(lease.signal.aborted).toBe(false);
    await clock.advance('1ms');
    expect(await lostAt).toBe(27_000);
    expect(signals[1]?.reason).toBe(lease.signal.reason);
  });

  it('does not bring the lease back when the answer comes after the deadline', async () => {
    const clock = virtualClock();
    const { renew, calls } = store(clock, async () => {
      await clock.sleep('17.5s');
      return true;
    });
    const lease = hold(clock, renew);
    const { expiresAt } = lease;
    await clock.advance('2m');
    expect(lease.lost).toBe(true);
    expect(lease.expiresAt).toBe(expiresAt);
    expect(calls).toHaveLength(1);
  });

  it('does not bring the lease back when the answer comes before the timer does', async () => {
    const clock = virtualClock();
    let answer: ((granted: boolean) => void) | undefined;
    const renew = () => new Promise<boolean>((resolve) => (answer = resolve));
    const lease = hold(clock, renew);
    await clock.advance('20s');
    clock.suspend('8s'); // as if the event loop had been blocked
    answer?.(true);
    await clock.advance(0);
    expect(lease.signal.reason).toMatchObject({ loss: 'expired' });
  });
});

describe('both clocks', () => {
  it('are compared by assertHeld, which aborts the signal before the timer can', async () => {
    const clock = virtualClock();
    const lease = hold(clock, never);
    clock.suspend('26.999s');
    lease.assertHeld();
    clock.suspend('1ms');
    expect(lease.signal.aborted).toBe(false);
    expect(() => lease.assertHeld()).toThrow(LeaseLostError);
    expect(lease.signal.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('are compared by lost and by stop', async () => {
    const clock = virtualClock();
    const [asked, stopped] = [hold(clock, never), hold(clock, never)];
    clock.suspend('1h');
    expect(asked.lost).toBe(true);
    await stopped.stop();
    expect(stopped.signal.reason).toBeInstanceOf(LeaseLostError);
  });

  it('show within a tenth of the ttl that the machine slept past the deadline', async () => {
    const clock = virtualClock();
    const { renew, calls } = store(clock, () => true);
    const lease = hold(clock, renew);
    const lostAt = abortTime(clock, lease);
    await clock.advance('12s');
    clock.suspend('1h');
    await clock.advance('3s');
    expect(await lostAt).toBeLessThanOrEqual(15_000);
    expect(calls).toEqual([10_000]);
  });

  it('make up for a short sleep: the renewal comes by the time of day', async () => {
    const clock = virtualClock({ start: 0 });
    const { renew, calls } = store(clock, () => true);
    const lease = hold(clock, renew);
    await clock.advance('1s');
    clock.suspend('15s');
    await clock.advance('2s');
    expect(calls).toEqual([3_000]);
    expect(lease.expiresAt).toBe(18_000 + 27_000);
  });

  it('keep the deadline when the time of day is set back', async () => {
    const clock = virtualClock();
    const setBack: VirtualClock = Object.assign(Object.create(clock), {
      now: () => clock.now() - 10 * clock.monotonic(),
      monotonic: () => clock.monotonic(),
      setTimer: clock.setTimer.bind(clock),
    });
    const lease = hold(setBack, never);
    const lostAt = abortTime(clock, lease);
    await clock.advance('1m');
    expect(await lostAt).toBe(27_000);
  });
});

describe('a lease that was granted late', () => {
  it('is lost from the start when the request took longer than it holds', async () => {
    const clock = virtualClock();
    const requestedAt = readClock(clock);
    await clock.advance('27s');
    const renew = vi.fn<Renew>(async () => true);
    const lease = hold(clock, renew, { requestedAt });
    expect(lease.signal.aborted).toBe(true);
    expect(() => lease.assertHeld()).toThrow(/daily-report.*not renewed in time/);
    await clock.advance('1m');
    expect(renew).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });

  it('is renewed at once when a third of its ttl has passed already', async () => {
    const clock = virtualClock();
    const requestedAt = readClock(clock);
    await clock.advance('15s');
    const { renew, calls } = store(clock, () => true);
    hold(clock, renew, { requestedAt });
    await clock.advance(0);
    expect(calls).toEqual([15_000]);
  });
});

describe('onLost', () => {
  it.each([
    ['expired', never],
    ['refused', async () => false],
  ])('is called once when the lease is %s, before the signal aborts', async (_, renew) => {
    const clock = virtualClock();
    const heard: string[] = [];
    const lease = hold(clock, renew, { onLost: () => heard.push('onLost') });
    lease.signal.addEventListener('abort', () => heard.push('signal'));
    await clock.advance('1m');
    lease.lose();
    expect(heard).toEqual(['onLost', 'signal']);
  });

  it('is not called when the lease is given back', async () => {
    const clock = virtualClock();
    const onLost = vi.fn();
    const lease = hold(clock, never, { onLost });
    await lease.stop();
    await clock.advance('1m');
    expect(lease.lost).toBe(false);
    expect(onLost).not.toHaveBeenCalled();
  });
});

describe('a signal that nobody has looked at', () => {
  it('tells afterwards what has happened', async () => {
    const clock = virtualClock();
    const [lost, released] = [hold(clock, async () => false), hold(clock, async () => true)];
    await released.stop();
    await clock.advance('1m');
    expect(lost.signal.reason).toBeInstanceOf(LeaseLostError);
    expect(released.signal.reason).toBeInstanceOf(LeaseReleasedError);
    expect(() => released.assertHeld()).toThrow(released.signal.reason);
  });
});

describe('lose', () => {
  it('ends the lease at once, with what told of the loss as the cause', async () => {
    const clock = virtualClock();
    const { renew, signals } = store(clock, never);
    const lease = hold(clock, renew);
    await clock.advance('12s');
    const fenced = new Error('fenced');
    lease.lose(fenced);
    lease.lose(new Error('again'));
    expect(lease.signal.reason).toMatchObject({ loss: 'refused', cause: fenced });
    expect(signals[0]?.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('changes nothing once the lease was given back', async () => {
    const clock = virtualClock();
    const lease = hold(clock, never);
    await lease.stop();
    lease.lose();
    expect(lease.lost).toBe(false);
    expect(lease.signal.reason).toBeInstanceOf(LeaseReleasedError);
  });
});

describe('stop', () => {
  it('aborts the signal with a reason of its own and lets no renewal start', async () => {
    const clock = virtualClock();
    const { renew, calls } = store(clock, () => true);
    const lease = hold(clock, renew);
    await clock.advance('15s');
    await lease.stop();
    expect(lease.signal.reason).toMatchObject({
      code: 'LEASE_RELEASED',
      leaseName: 'daily-report',
    });
    expect(lease.lost).toBe(false);
    expect(() => lease.assertHeld()).toThrow(LeaseReleasedError);
    expect(clock.pending).toBe(0);
    await clock.advance('1m');
    expect(calls).toEqual([10_000]);
  });

  it.each([
    ['granted', async () => true],
    ['refused', async () => false],
    ['failed', refuse],
  ])('waits for a renewal under way, which may be %s', async (_, answer) => {
    const clock = virtualClock();
    const { renew, calls, signals } = store(clock, async () => {
      await clock.sleep('900ms');
      return answer();
    });
    const lease = hold(clock, renew);
    await clock.advance('10.1s');
    const stopped = vi.fn();
    void lease.stop().then(stopped);
    await clock.advance('799ms');
    expect(stopped).not.toHaveBeenCalled();
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance('1ms');
    expect(stopped).toHaveBeenCalledOnce();
    expect(signals[0]?.aborted).toBe(false);
    expect(lease.lost).toBe(false);
    expect(lease.signal.reason).toBeInstanceOf(LeaseReleasedError);
    await clock.advance('1m');
    expect(calls).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('tells a renewal without an answer to give up after a second, and waits for that', async () => {
    const clock = virtualClock();
    const lease = hold(clock, async ({ signal }) => {
      await clock.sleep('1h', { signal }).catch(() => {});
      return clock.sleep('300ms').then(() => false);
    });
    await clock.advance('12s');
    const stoppedAt = lease.stop().then(() => clock.monotonic());
    await clock.advance('1m');
    expect(await stoppedAt).toBe(13_300);
    expect(clock.pending).toBe(0);
  });

  it('waits another second at most for a renewal that does not give up', async () => {
    const clock = virtualClock();
    const { renew, signals } = store(clock, never);
    const lease = hold(clock, renew);
    await clock.advance('12s');
    const stoppedAt = lease.stop().then(() => clock.monotonic());
    await clock.advance('1m');
    expect(await stoppedAt).toBe(14_000);
    expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' });
    expect(lease.lost).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('may be called again, also by what hears of it', async () => {
    const clock = virtualClock();
    const lease = hold(clock, never);
    const heard = new Promise<void>((resolve) => {
      lease.signal.addEventListener('abort', () => resolve(lease.stop()));
    });
    await Promise.all([lease.stop(), lease.stop(), heard]);
    await lease.stop();
    expect(clock.pending).toBe(0);
  });

  it('does not wait when the lease is lost, whatever is still under way', async () => {
    const clock = virtualClock();
    const lease = hold(clock, never);
    await clock.advance('1m');
    await lease.stop();
    expect(lease.signal.reason).toBeInstanceOf(LeaseLostError);
  });

  it('may be called by the renewal itself', async () => {
    const clock = virtualClock();
    const stopping: Promise<void>[] = [];
    const renew = vi.fn<Renew>(async () => {
      stopping.push(lease.stop());
      return true;
    });
    const lease = hold(clock, renew);
    await clock.advance('1m');
    await Promise.all(stopping);
    expect(renew).toHaveBeenCalledOnce();
    expect(clock.pending).toBe(0);
  });
});

describe('what a lease leaves alone', () => {
  it('is a virtual clock that runs by itself, which it does not drive on', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { renew, calls } = store(clock, () => true);
    const lease = hold(clock, renew);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(clock.monotonic()).toBe(0);
    await clock.sleep('59m 59s'); // the work
    expect(calls).toHaveLength(359);
    expect(clock.monotonic()).toBe(3_599_000);
    await lease.stop();
  });

  it('is the process, which it does not keep alive', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout');
    const before = timers().length;
    const options = { clock: systemClock, name: 'quick', requestedAt: readClock(systemClock) };
    const lease = keepRenewed({ ...options, ttl: '1h', renew: never });
    expect(timers()).toHaveLength(before);
    await lease.stop();
  });

  it('is the signal, on which it leaves no listener', async () => {
    const clock = virtualClock();
    const lease = hold(clock, store(clock, () => true).renew);
    await clock.advance('1m');
    expect(getEventListeners(lease.signal, 'abort')).toEqual([]);
    await lease.stop();
  });
});

describe('what is asked of a lease', () => {
  it.each([
    [{ ttl: 0 }, 'LEASE_OPTION_INVALID', /"daily-report": ttl is 0 ms/],
    [{ margin: '15.1s' as const }, 'LEASE_OPTION_INVALID', /margin is 15100 ms.*30000 ms/],
    [{ ttl: -1 }, 'DURATION_INVALID', /^ttl: /],
    [{ margin: 'little' as never }, 'DURATION_INVALID', /^margin: /],
  ])('is refused when it makes no sense: %o', (options, code, message) => {
    const clock = virtualClock();
    const asked = () => hold(clock, never, options);
    expect(asked).toThrow(expect.objectContaining({ code }));
    expect(asked).toThrow(message);
    expect(clock.pending).toBe(0);
  });
});
