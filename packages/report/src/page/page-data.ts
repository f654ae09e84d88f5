/**
 * What the page's script works on, besides the page itself.
 * @module
 */
import type { RunView } from '../view/run-view.ts';

/** Embedded in the page as JSON under the id `page-data`. */
export interface PageData {
  readonly view: RunView;
  /** What each box of the graph stands for: what it is called, and the addresses of its nodes. */
  readonly boxes: Readonly<Record<string, BoxMeaning>>;
}

export interface BoxMeaning {
  readonly label: string;
  readonly addresses: readonly string[];
}
