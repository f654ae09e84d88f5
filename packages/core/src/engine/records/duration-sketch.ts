/**
 * The durations of one action over many iterations, in constant memory: a histogram whose buckets grow
 * by an eighth (so a median is at most 12.5 % off), and the slowest ones by name.
 * @module
 */
import type { ActionState } from '../action-state.ts';
import type { TimedAction, TimeOutlier } from './digest.ts';

const keptSlowest = 10;
const bucketsPerDoubling = 8;
/** Enough for 2^46 milliseconds. */
const bucketCount = bucketsPerDoubling * 46;
/** Below this many there is no telling what is usual. */
const leastForOutliers = 20;
/** How many times the median an outlier takes at least. */
const outlierFactor = 3;

export class DurationSketch {
  #count = 0;
  /** Most actions of a graph run once: there are none until a median can be asked for. */
  #buckets: Uint32Array | undefined;
  /** The buckets of the first durations. */
  readonly #first: number[] = [];
  readonly slowest: TimedAction[] = [];

  add(state: ActionState): void {
    const duration = state.ended - state.started;
    this.#addToBucket(bucketOf(duration), 1);
    const last = this.slowest[keptSlowest - 1];
    if (last === undefined || duration > last.duration) {
      this.#keepSlowest({ path: state.fullPath, duration });
    }
  }

  merge(other: DurationSketch): void {
    for (const bucket of other.#first) this.#addToBucket(bucket, 1);
    other.#buckets?.forEach((count, bucket) => {
      if (count > 0) this.#addToBucket(bucket, count);
    });
    for (const action of other.slowest) this.#keepSlowest(action);
  }

  outliers(): TimeOutlier[] {
    if (this.#count < leastForOutliers) return [];
    const median = this.#median();
    return this.slowest
      .filter(({ duration }) => duration > outlierFactor * Math.max(median, 1))
      .map((action) => ({ ...action, median }));
  }

  #keepSlowest(action: TimedAction): void {
    const at = this.slowest.findIndex(({ duration }) => duration < action.duration);
    this.slowest.splice(at < 0 ? this.slowest.length : at, 0, action);
    if (this.slowest.length > keptSlowest) this.slowest.pop();
  }

  #addToBucket(bucket: number, count: number): void {
    this.#count += count;
    if (count === 1 && this.#count < leastForOutliers) this.#first.push(bucket);
    else {
      const buckets = this.#spread();
      buckets[bucket] = (buckets[bucket] as number) + count;
    }
  }

  /** The buckets, with the first durations in them. */
  #spread(): Uint32Array {
    this.#buckets ??= new Uint32Array(bucketCount);
    for (const bucket of this.#first.splice(0)) {
      this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
    }
    return this.#buckets;
  }

  #median(): number {
    let left = Math.ceil(this.#count / 2);
    const bucket = this.#spread().findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return lowerBound(Math.max(bucket, 0));
  }
}

/** 0 to 7 ms have a bucket each; above, eight buckets for each doubling. */
function bucketOf(duration: number): number {
  if (duration < bucketsPerDoubling) return Math.max(0, Math.floor(duration));
  const exponent = Math.floor(Math.log2(duration));
  const fraction = Math.floor((duration / 2 ** exponent - 1) * bucketsPerDoubling);
  return Math.min(bucketCount - 1, (exponent - 2) * bucketsPerDoubling + fraction);
}

function lowerBound(bucket: number): number {
  if (bucket < bucketsPerDoubling) return bucket;
  const exponent = Math.floor(bucket / bucketsPerDoubling) + 2;
  return 2 ** exponent * (1 + (bucket % bucketsPerDoubling) / bucketsPerDoubling);
}
