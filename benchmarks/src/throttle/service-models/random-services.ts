/**
 * Services at random, to see whether what was tuned on seven holds on others.
 * @module
 */
import { type Random, seededRandom } from '@runafter/clock';
import type { ServiceKind } from './service.ts';
import {
  bucket,
  halvingBucket,
  knee,
  severeBucket,
  slidingQuota,
  slots,
  windowQuota,
} from './service-kinds.ts';

/** Even on a logarithmic scale: small and large ones are as likely. */
function between(least: number, most: number, random: Random): number {
  return least * (most / least) ** random();
}

function whole(least: number, most: number, random: Random): number {
  return Math.round(between(least, most, random));
}

const kinds: Readonly<Record<string, (random: Random) => ServiceKind['open']>> = {
  bucket(random) {
    const perMinute = whole(60, 3_000, random);
    return bucket(perMinute, whole(1, perMinute, random), between(100, 2_000, random));
  },
  'fixed window'(random) {
    const length = between(10_000, 300_000, random);
    const limit = whole(1, 50, random) * Math.ceil(length / 1_000);
    return windowQuota(limit, length, between(100, 2_000, random));
  },
  'sliding window'(random) {
    const length = between(10_000, 300_000, random);
    const limit = whole(1, 50, random) * Math.ceil(length / 1_000);
    return slidingQuota(limit, length, between(100, 2_000, random));
  },
  slots: (random) => slots(whole(1, 60, random), between(100, 2_000, random)),
  knee: (random) =>
    knee(whole(3, 60, random), between(0.02, 0.2, random), between(100, 2_000, random)),
  'bucket that halves'(random) {
    const perMinute = whole(120, 3_000, random);
    return halvingBucket(perMinute, whole(1, perMinute, random), between(100, 2_000, random));
  },
  'severe bucket'(random) {
    const perMinute = whole(60, 3_000, random);
    const latency = between(100, 2_000, random);
    return severeBucket(perMinute, whole(5, perMinute, random), latency, between(2e3, 3e4, random));
  },
};

/** As many services, of all kinds in turn. The same seed gives the same ones. */
export function randomServices(count: number, seed: number | string): ServiceKind[] {
  const random = seededRandom(seed);
  const names = Object.keys(kinds);
  return Array.from({ length: count }, (_, index) => {
    const kind = names[index % names.length] ?? '';
    const callsPerItem = random() < 0.3 ? 2 : 1;
    const open = kinds[kind]?.(random);
    if (open === undefined) throw new Error(`There is no kind "${kind}".`);
    return { name: `${kind} ${index + 1}`, callsPerItem, open };
  });
}
