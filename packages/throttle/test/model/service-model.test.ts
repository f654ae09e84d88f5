/** Services as their callers see them, in virtual time. */
import { seededRandom } from '@runafter/clock';
import { logNormal, type ServiceModelOptions, serviceModel } from '@runafter/throttle/model';
import { describe, expect, it } from 'vitest';
import { connectorLimits } from '../../src/index.ts';

const random = () => seededRandom(1);

describe('a rate', () => {
  it('lets in as many calls as its window takes, and then says when there is room again', () => {
    const mailbox = serviceModel({ rate: connectorLimits.outlookSend }, random());
    for (let call = 0; call < 30; call++) expect(mailbox.refuse(call * 100, 1)).toBeUndefined();
    expect(mailbox.refuse(10_500, 1)).toEqual({ latency: 0, retryAfter: 50_000 });
    expect(mailbox.refuse(59_999, 1)?.retryAfter).toBe(1_000);
    expect(mailbox.refuse(60_000, 1)).toBeUndefined();
  });

  it('is one of several that are all kept to', () => {
    const rate = [
      { calls: 2, per: '1s' },
      { calls: 3, per: '1m' },
    ] as const;
    const model = serviceModel({ rate }, random());
    const refused = [0, 0, 0, 1_000, 2_000].map((now) => model.refuse(now, 1) !== undefined);
    expect(refused).toEqual([false, false, true, false, true]);
  });

  it('is used up by refused calls too, where these cost something', () => {
    const rate = { calls: 1, per: '1s', model: 'token-bucket', burst: 1 } as const;
    const model = serviceModel({ rate, refusalCost: 0.25 }, random());
    expect(model.refuse(0, 1)).toBeUndefined();
    for (let call = 0; call < 4; call++) expect(model.refuse(500, 1)).toBeDefined();
    expect(model.refuse(1_999, 1)).toBeDefined();
    expect(model.refuse(2_250, 1)).toBeUndefined();
  });
});

describe('a refusal', () => {
  const options = {
    concurrency: 2,
    refusalTime: '300ms',
    retryAfter: { mean: '15s', spread: 0.3 },
  } as const;

  it('is what more calls at once get than are served', () => {
    const model = serviceModel(options, random());
    expect(model.refuse(0, 2)).toBeUndefined();
    expect(model.refuse(0, 3)?.latency).toBe(300);
  });

  it('tells a time around the mean, evenly within its spread', () => {
    const model = serviceModel(options, random());
    const told = Array.from({ length: 1_000 }, () => model.refuse(0, 3)?.retryAfter ?? 0);
    expect(Math.min(...told)).toBeGreaterThanOrEqual(10_500);
    expect(Math.max(...told)).toBeLessThan(19_500);
    expect(told.reduce((sum, time) => sum + time) / 1_000 / 15_000).toBeCloseTo(1, 1);
  });
});

describe('a call that is let in', () => {
  it('takes longer the more others are served', () => {
    const model = serviceModel({ contention: { perCall: 0.11 } }, random());
    expect(model.serve(0, 1, 1_000).latency).toBe(1_000);
    expect(model.serve(0, 11, 1_000).latency).toBe(2_100);
    const knee = serviceModel({ contention: { perCall: 0.5, free: 10 } }, random());
    expect(knee.serve(0, 10, 1_000).latency).toBe(1_000);
    expect(knee.serve(0, 12, 1_000).latency).toBe(2_000);
  });

  it('waits in line for a slot, first come, first served', () => {
    const model = serviceModel({ slots: 2 }, random());
    const served = [0, 0, 0, 0].map((now) => model.serve(now, 1, 1_000));
    expect(served.map(({ waiting }) => waiting)).toEqual([0, 0, 1_000, 1_000]);
    expect(served.map(({ latency }) => latency)).toEqual([1_000, 1_000, 2_000, 2_000]);
  });

  it('is as long as it is alone where nothing is limited', () => {
    const model = serviceModel({}, random());
    expect(model.refuse(0, 1_000)).toBeUndefined();
    expect(model.serve(0, 1_000, 1_234)).toEqual({ latency: 1_234, waiting: 0 });
  });
});

describe('times drawn at random', () => {
  it('have the mean that was asked for, and the spread', () => {
    const source = random();
    const times = Array.from({ length: 20_000 }, () => logNormal(2_000, 0.3, source));
    expect(times.reduce((sum, time) => sum + time) / 20_000 / 2_000).toBeCloseTo(1, 1);
    const usual = times.filter((time) => time > 1_400 && time < 2_600).length / 20_000;
    expect(usual).toBeGreaterThan(0.6);
    expect(usual).toBeLessThan(0.75);
  });

  it('are the mean itself without a spread', () => {
    expect(logNormal(2_000, 0, random())).toBe(2_000);
  });
});

it.each<[ServiceModelOptions, string]>([
  [{ slots: 0 }, 'LIMITER_OPTION_INVALID'],
  [{ concurrency: 1.5 }, 'LIMITER_OPTION_INVALID'],
  [{ rate: { calls: 0, per: '1s' } }, 'LIMITER_OPTION_INVALID'],
  [{ contention: { perCall: -1 } }, 'FORMULA_INPUT_INVALID'],
  [{ refusalCost: Number.NaN }, 'FORMULA_INPUT_INVALID'],
  [{ retryAfter: { mean: '1s', spread: -1 } }, 'FORMULA_INPUT_INVALID'],
  [{ retryAfter: { mean: 'soon' as '1s' } }, 'DURATION_INVALID'],
  [{ refusalTime: -1 }, 'DURATION_INVALID'],
])('refuses %j', (options, code) => {
  expect(() => serviceModel(options, random())).toThrow(expect.objectContaining({ code }));
});
