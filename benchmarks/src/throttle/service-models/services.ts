/**
 * The seven services that an adaptive limiter is measured on.
 * @module
 */
import type { ServiceKind } from './service.ts';
import { bucket, halvingBucket, knee, severeBucket, slots, windowQuota } from './service-kinds.ts';

export const services: readonly ServiceKind[] = [
  { name: 'a: bucket 600/min', callsPerItem: 1, open: bucket(600, 60, 500) },
  { name: 'b: window 6,000/5 min', callsPerItem: 2, open: windowQuota(6_000, 300_000, 300) },
  { name: 'c: 8 slots', callsPerItem: 1, open: slots(8, 500) },
  { name: 'd: bucket 30/min', callsPerItem: 1, open: bucket(30, 5, 500) },
  { name: 'e: knee at 25', callsPerItem: 1, open: knee(25, 0.08, 500) },
  { name: 'f: bucket 1,200/min that halves', callsPerItem: 1, open: halvingBucket(1_200, 60, 500) },
  {
    name: 'g: bucket 600/min, Retry-After 10 s',
    callsPerItem: 2,
    open: severeBucket(600, 60, 500, 10_000),
  },
];
