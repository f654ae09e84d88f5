/**
 * What is chosen in the page: every view shows it, and any may change it.
 * @module
 */
import type { BoxMeaning, PageData } from '../page/page-data.ts';
import type { ExecutionView, NodeView, RunView } from '../view/run-view.ts';
import { Observable } from './observable.ts';

/** What the run's end hung on. */
export type Highlight = 'critical' | 'deciding';

/** Nodes to which the timeline and the tables keep. */
export interface NodeFilter extends BoxMeaning {
  /** The same as `addresses`, to ask quickly. */
  readonly includes: ReadonlySet<string>;
}

export class PageState {
  readonly view: RunView;
  readonly boxes: PageData['boxes'];
  readonly nodeAt: ReadonlyMap<string, NodeView>;
  readonly executionAt: ReadonlyMap<string, ExecutionView>;
  /** Paths of each highlight. */
  readonly marked: Readonly<Record<Highlight, ReadonlySet<string>>>;
  /** The same by the path of everything that they are inside of. */
  readonly #markedIn: Readonly<Record<Highlight, ReadonlyMap<string, readonly ExecutionView[]>>>;
  readonly filter: Observable<NodeFilter | undefined> = new Observable<NodeFilter | undefined>(
    undefined,
  );
  readonly chosen: Observable<ExecutionView | undefined> = new Observable<
    ExecutionView | undefined
  >(undefined);
  readonly highlights: Observable<ReadonlySet<Highlight>> = new Observable<ReadonlySet<Highlight>>(
    new Set<Highlight>(['critical', 'deciding']),
  );
  /** Anything that changes colours: the theme, or that the page is printed. */
  readonly theme: Observable<string> = new Observable('auto');

  constructor({ view, boxes }: PageData) {
    this.view = view;
    this.boxes = boxes;
    this.nodeAt = new Map(view.nodes.map((node) => [node.address, node]));
    this.executionAt = new Map(view.executions.map((execution) => [execution.path, execution]));
    this.marked = {
      critical: new Set(view.analysis.criticalPath),
      deciding: new Set(view.why.chain),
    };
    this.#markedIn = {
      critical: byAround(this.marked.critical, this.executionAt),
      deciding: byAround(this.marked.deciding, this.executionAt),
    };
  }

  /** Executions that are to be marked and are inside of this one, at any depth. */
  markedIn(highlight: Highlight, { path }: ExecutionView): readonly ExecutionView[] {
    if (!this.highlights.value.has(highlight)) return [];
    return this.#markedIn[highlight].get(path) ?? [];
  }

  /** Keeps to these nodes; the same ones again, or undefined: to none. */
  keepTo(meaning: BoxMeaning | undefined): void {
    const isSame = meaning?.addresses[0] === this.filter.value?.addresses[0];
    this.filter.value =
      meaning === undefined || isSame
        ? undefined
        : { ...meaning, includes: new Set(meaning.addresses) };
  }

  /** Whether the filter lets an execution through. */
  isShown({ address }: ExecutionView): boolean {
    return this.filter.value?.includes.has(address) ?? true;
  }

  /** Whether an execution is to be marked. */
  isMarked(highlight: Highlight, { path }: ExecutionView): boolean {
    return this.highlights.value.has(highlight) && this.marked[highlight].has(path);
  }
}

/** The executions of these paths by each path around them: `Orders` and `Orders[3]` for `Orders[3]/Mail`. */
function byAround(
  paths: ReadonlySet<string>,
  executionAt: ReadonlyMap<string, ExecutionView>,
): Map<string, ExecutionView[]> {
  const inside = new Map<string, ExecutionView[]>();
  for (const path of paths) {
    const execution = executionAt.get(path);
    if (execution === undefined) continue;
    for (const { index } of path.matchAll(/[/[]/g)) {
      const around = path.slice(0, index);
      const known = inside.get(around);
      if (known === undefined) inside.set(around, [execution]);
      else known.push(execution);
    }
  }
  return inside;
}
