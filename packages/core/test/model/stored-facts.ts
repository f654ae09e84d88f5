/**
 * What has taken effect in the store of a run, seen as the writes go by: outcomes, joins that became
 * ready, and what is known of things that have not ended.
 *
 * It holds the engine to what the store says. An action that runs was announced as ready, with its
 * conditions met, or waits for nobody; and nothing is said to the store twice.
 *
 * Paths are those of records, through child workflows: items with ids stand with their indexes.
 * @module
 */
import { decodeValue } from '../../src/durable/codec.ts';
import type { Progress } from '../../src/engine/journal.ts';
import type { OutcomeEntry, Recorded, Status } from '../../src/index.ts';
import { type NodePlan, nodesByAddress, type Plan } from './plan.ts';

export class StoredFacts {
  readonly complaints: string[] = [];
  /** What ran before the store had said that it may. */
  readonly unannounced: string[] = [];
  readonly #nodes: ReadonlyMap<string, NodePlan>;
  /** Nothing stops what is inside, so a skip has but one reason. */
  readonly #neverStops: boolean;
  /** As what, by path. */
  readonly #ended = new Map<string, Status>();
  /** Of joins that wait for nothing any more, whether their conditions were met. */
  readonly #ready = new Map<string, boolean>();
  readonly #progress = new Map<string, Progress>();

  constructor(plan: Plan, neverStops: boolean) {
    this.#nodes = nodesByAddress(plan);
    this.#neverStops = neverStops;
  }

  /** Whether this, or something around it, has an outcome. */
  hasEnded(path: string): boolean {
    return [...partsOf(path)].some((part) => this.#ended.has(part));
  }

  /** What is known of something that has not ended. */
  progressOf(path: string): Progress | undefined {
    return this.#progress.get(path);
  }

  /** The node whose path this is; undefined for a branch or an iteration. */
  nodeAt(path: string): NodePlan | undefined {
    return path.endsWith(']') ? undefined : this.#nodes.get(path.replaceAll(/\[\d+\]/g, ''));
  }

  /**
   * The path of the node at this address in this iteration; none where several loops are around it, for
   * then there are several.
   */
  onlyPathsOf(address: string, index: number | undefined): readonly string[] {
    const parts = address.split('/');
    const loops = parts.slice(1).flatMap((_, position) => {
      const around = parts.slice(0, position + 1).join('/');
      const kind = this.#nodes.get(around)?.kind;
      return kind === 'forEach' || kind === 'until' ? [around] : [];
    });
    const [loop, ...others] = loops;
    if (loop === undefined) return [address];
    if (others.length > 0 || index === undefined) return [];
    return [`${loop}[${index}]${address.slice(loop.length)}`];
  }

  saved(path: string, text: string): void {
    this.#progress.set(shown(path), decodeValue(text) as Progress);
  }

  /** An outcome was sent to the store, which gave this answer. */
  recorded({ outcome, forgetState }: OutcomeEntry, { state, ready }: Recorded): void {
    const path = pathOf(outcome.frame, outcome.key);
    if (state !== 'recorded') {
      // Of a stream that is told to stop, an iteration that had begun may be ended once more.
      const isSame = path.endsWith(']') && this.#ended.get(path) === outcome.status;
      if (!isSame) this.complaints.push(`${path}: its outcome is ${state}`);
      return;
    }
    for (const { frame, key, met } of ready) this.#announced(pathOf(frame, key), met);
    this.#checkOutcome(path, outcome.status === 'Skipped');
    this.#ended.set(path, outcome.status);
    if (forgetState !== undefined) this.#progress.delete(shown(forgetState));
  }

  #announced(path: string, met: boolean): void {
    if (this.#ready.has(path)) this.complaints.push(`${path}: became ready twice`);
    this.#ready.set(path, met);
  }

  #checkOutcome(path: string, isSkipped: boolean): void {
    const node = this.nodeAt(path);
    if (node === undefined) return;
    if (!isSkipped) {
      this.checkStart(path);
      if ('body' in node && !path.endsWith(']')) this.#checkBody(path, node);
    } else if (this.#neverStops && this.#ready.get(path) !== false) {
      this.complaints.push(`${path}: was skipped, and the store never said so`);
    }
  }

  /** The end of a body is announced before its container ends. */
  #checkBody(path: string, node: NodePlan): void {
    if (node.kind !== 'scope' && node.kind !== 'child') return;
    if (node.body.nodes.length > 0 && !this.#ready.has(`${path}/`)) {
      this.complaints.push(`${path}: ended before the store said that all inside had`);
    }
  }

  /** Something runs: was it announced? */
  checkStart(path: string): void {
    const node = this.nodeAt(path);
    if (node === undefined || node.runAfter.length === 0) return;
    const met = this.#ready.get(path);
    if (met === undefined) this.unannounced.push(`${path}: ran, and was never announced as ready`);
    else if (!met) this.unannounced.push(`${path}: ran, although it was to be skipped`);
  }
}

/** The path itself, and of everything around it. */
function* partsOf(path: string): Generator<string> {
  for (let end = 1; end < path.length; end++) {
    if (path[end] === '/' || path[end] === '[') yield path.slice(0, end);
  }
  yield path;
}

function pathOf(frame: string, key: string | number): string {
  const isIteration = typeof key === 'number' || key.startsWith('id=');
  if (isIteration) return shown(`${frame}[${key}]`);
  return shown(frame === '' ? key : `${frame}/${key}`);
}

/** Ids of items as the indexes at which they stand. */
export function shown(path: string): string {
  return path.replaceAll(/\[id=item%20(\d+)\]/g, '[$1]');
}
