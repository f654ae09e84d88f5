/** How the degree is found. */
import { seededRandom } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { DrivenController, type Service } from './driven-controller.ts';
import { knee, steady } from './scripted-services.ts';

function degrees(driven: DrivenController): number[] {
  return driven.ofType('degree-changed').map(({ to }) => to);
}

/** So many calls at a time, the others wait in line. */
function slots(count: number): Service {
  const free = Array.from({ length: count }, () => 0);
  const random = seededRandom(1);
  return (now) => {
    const next = free.indexOf(Math.min(...free));
    const ends = Math.max(now, free[next] ?? 0) + 400 + 200 * random();
    free[next] = ends;
    return { outcome: 'ok', latency: ends - now };
  };
}

describe('the degree of an adaptive limiter', () => {
  it('doubles while that makes it faster, up to the most that is allowed, and stays there', () => {
    const driven = new DrivenController(steady()).runTo(10_000);
    expect(degrees(driven).slice(0, 3)).toEqual([16, 32, 50]);
    expect(driven.ofType('degree-changed')[0]).toMatchObject({ from: 8, reason: 'ramp-up' });
    driven.runTo(120_000);
    const below = driven.sends.length / ((120_000 / 500) * 50);
    expect(below).toBeGreaterThan(0.95);
  });

  it('says at how many calls per second it was measured', () => {
    const driven = new DrivenController(steady(), { start: 10, max: 10 }).runTo(60_000);
    const rejected = driven.ofType('degree-changed').filter(({ to }) => to === 10);
    for (const { from, reason, throughput = 0 } of rejected) {
      expect(reason).toBe('probe-rejected');
      expect(throughput / (2 * from)).toBeGreaterThan(0.85);
      expect(throughput / (2 * from)).toBeLessThan(1.15);
    }
    expect(rejected.length).toBeGreaterThan(3);
  });

  it('goes back when twice as many are no faster', () => {
    const driven = new DrivenController(slots(8)).runTo(60_000);
    const [first, ...others] = driven.ofType('degree-changed');
    expect(first).toMatchObject({ from: 8, to: 16, reason: 'ramp-up' });
    expect(others.map(({ reason }) => reason)).toContain('ramp-up-ended');
    expect(driven.controller.degree).toBeLessThanOrEqual(24);
    expect(driven.ok).toBeGreaterThan(0.95 * 60 * 16);
  });

  it('does not wait for all the calls of a doubling that is hopeless', () => {
    const cliff: Service = (_, inService) => ({
      outcome: 'ok',
      latency: 500 + 500 * Math.max(0, inService - 12),
    });
    const driven = new DrivenController(cliff, { start: 12 }).runTo(6_000);
    expect(degrees(driven)[0]).toBe(24);
    expect(degrees(driven)[1]).toBeLessThanOrEqual(12);
  });

  it.each([1_000, 1_400, 2_000])(
    'is not kept low by one stall of the service, %d ms after the beginning',
    (at) => {
      const free = steady();
      const driven = new DrivenController((now, inService) => {
        const { latency, ...end } = free(now, inService);
        const isCaught = now < at + 30_000 && now + latency > at;
        return { ...end, latency: isCaught ? at + 30_000 + latency - now : latency };
      });
      driven.runTo(at + 40_000);
      expect(driven.controller.degree).toBeGreaterThanOrEqual(40);
    },
  );

  it.each([
    { at: 12, slope: 0.1 },
    { at: 25, slope: 0.08 },
    { at: 40, slope: 0.2 },
  ])('finds the knee at $at', ({ at, slope }) => {
    const driven = new DrivenController(knee(at, slope)).runTo(120_000);
    const before = driven.ok;
    driven.runTo(240_000);
    expect((driven.ok - before) / (at * 240)).toBeGreaterThan(0.9);
  });

  it('follows a service that becomes slower for many', () => {
    let service = knee(40, 0.1);
    const driven = new DrivenController((now, inService) => service(now, inService));
    driven.runTo(120_000);
    service = knee(10, 0.2);
    driven.runTo(300_000);
    expect(driven.controller.degree).toBeLessThan(20);
    service = knee(40, 0.1);
    driven.runTo(600_000);
    expect(driven.controller.degree).toBeGreaterThan(30);
  });

  it('never goes below the least nor above the most', () => {
    const driven = new DrivenController(knee(5, 0.3), { start: 12, min: 10, max: 20 });
    driven.runTo(120_000);
    expect(Math.min(...degrees(driven))).toBe(10);
    expect(Math.max(...degrees(driven))).toBeLessThanOrEqual(20);
  });

  it('is not judged by calls that failed, however quickly they did', () => {
    let number = 0;
    const driven = new DrivenController(() =>
      number++ % 2 === 0 ? { outcome: 'ok', latency: 500 } : { outcome: 'failed', latency: 5 },
    );
    driven.runTo(5_000);
    expect(driven.ofType('degree-changed')[0]?.throughput).toBeLessThan(20);
  });

  it('is not judged while there is too little to do', () => {
    const { controller } = new DrivenController(steady());
    for (let now = 0; now < 100_000; now += 500) {
      const call = controller.sent(now);
      controller.ended(now + 400, call, { outcome: 'ok' });
    }
    expect(controller.degree).toBe(8);
  });
});
