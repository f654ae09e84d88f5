/**
 * What has taken effect in the store of a run, seen as the writes go by: outcomes, and what is known of
 * things that have not ended.
 *
 * It holds the engine to what the store knows. When an action runs, the outcomes of all that it runs
 * after are kept, and are such as it accepts; and nothing is said to the store twice.
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
  /** What ran before what is kept said that it may. */
  readonly premature: string[] = [];
  readonly #nodes: ReadonlyMap<string, NodePlan>;
  /** Nothing stops what is inside, so a skip has but one reason. */
  readonly #neverStops: boolean;
  /** As what, by path. */
  readonly #ended = new Map<string, Status>();
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
  recorded({ outcome, forgetState }: OutcomeEntry, recorded: Recorded): void {
    const path = pathOf(outcome.frame, outcome.key);
    if (recorded !== 'recorded') {
      // Of a stream that is told to stop, an iteration that had begun may be ended once more.
      const isSame = path.endsWith(']') && this.#ended.get(path) === outcome.status;
      if (!isSame) this.complaints.push(`${path}: its outcome is ${recorded}`);
      return;
    }
    this.#checkOutcome(path, outcome.status === 'Skipped');
    this.#ended.set(path, outcome.status);
    if (forgetState !== undefined) this.#progress.delete(shown(forgetState));
  }

  #checkOutcome(path: string, isSkipped: boolean): void {
    const node = this.nodeAt(path);
    if (node === undefined) return;
    if (!isSkipped) {
      this.checkStart(path);
      this.#checkBody(path, node);
    } else if (this.#neverStops && this.#mayRun(path, node) !== false) {
      this.complaints.push(`${path}: was skipped, and nothing that is kept says why`);
    }
  }

  /** Whatever is inside has an outcome before its container has. */
  #checkBody(path: string, node: NodePlan): void {
    if (node.kind !== 'scope' && node.kind !== 'child') return;
    if (!node.body.nodes.every(({ name }) => this.#ended.has(`${path}/${name}`))) {
      this.complaints.push(`${path}: ended before the store knew the end of all inside`);
    }
  }

  /** Something runs: may it? */
  checkStart(path: string): void {
    const node = this.nodeAt(path);
    if (node === undefined) return;
    const mayRun = this.#mayRun(path, node);
    if (mayRun === undefined) {
      this.premature.push(`${path}: ran before all that it runs after was kept`);
    } else if (!mayRun) this.premature.push(`${path}: ran, although it was to be skipped`);
  }

  /** What the outcomes of all that it runs after say; undefined where one is missing. */
  #mayRun(path: string, { runAfter }: NodePlan): boolean | undefined {
    const body = path.slice(0, path.lastIndexOf('/') + 1);
    const met = runAfter.map(({ from, accepts }) => {
      const status: Status | undefined = this.#ended.get(`${body}${from}`);
      return status && (accepts as readonly Status[]).includes(status);
    });
    return met.includes(undefined) ? undefined : !met.includes(false);
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
