/**
 * The labels of the timeline's rows: a tree for keys and screen readers, of which only what can be seen
 * is in the page.
 *
 * Invariant: the focus stays on the tree itself; which row is meant is said by aria-activedescendant,
 * and that row is always in the page.
 * @module
 */
import { formatCount, formatPlural } from '../../page/format.ts';
import { element } from '../element.ts';
import { rowHeight } from './draw-row.ts';
import type { TimelineRow } from './timeline-rows.ts';

interface RowListOptions {
  readonly tree: HTMLElement;
  readonly scroller: HTMLElement;
  /** After rows were opened, closed or scrolled. */
  readonly onChange: () => void;
}

export class RowList {
  readonly #options: RowListOptions;
  readonly #open = new Set<string>();
  #roots: readonly TimelineRow[] = [];
  #rows: readonly TimelineRow[] = [];
  #active = 0;

  constructor(options: RowListOptions) {
    this.#options = options;
    const { tree, scroller } = options;
    scroller.addEventListener('scroll', () => this.#changed());
    tree.addEventListener('click', ({ target }) => {
      const id = (target as Element).closest<HTMLElement>('[role=treeitem]')?.dataset.row;
      const at = this.#rows.findIndex((row) => row.id === id);
      if (at < 0) return;
      this.#active = at;
      this.#toggle(this.#rows[at] as TimelineRow);
    });
    tree.addEventListener('keydown', (event) => {
      if (!event.shiftKey && this.#onKey(event.key)) event.preventDefault();
    });
  }

  /** The rows that there are, those in closed ones not among them. */
  get rows(): readonly TimelineRow[] {
    return this.#rows;
  }

  get active(): TimelineRow | undefined {
    return this.#rows[this.#active];
  }

  isOpen({ id }: TimelineRow): boolean {
    return this.#open.has(id);
  }

  /** Shows these rows, and what is open inside of them. */
  show(roots: readonly TimelineRow[]): void {
    this.#roots = roots;
    this.#active = 0;
    this.#options.scroller.scrollTop = 0;
    // What has but one row would only make people click.
    const [only, ...others] = roots;
    if (only !== undefined && others.length === 0) this.#open.add(only.id);
    this.#flatten();
  }

  /** Draws the labels that can be seen. */
  render(): void {
    const { tree, scroller } = this.#options;
    const first = Math.max(0, Math.floor(scroller.scrollTop / rowHeight) - 2);
    const count = Math.ceil(scroller.clientHeight / rowHeight) + 4;
    const seen = new Set(this.#rows.slice(first, first + count).map((_, at) => first + at));
    if (this.#rows.length > 0) seen.add(this.#active);
    tree.style.height = `${this.#rows.length * rowHeight}px`;
    tree.replaceChildren(...[...seen].map((at) => this.#label(at)));
    tree.setAttribute('aria-activedescendant', `timeline-row-${this.#active}`);
  }

  #label(at: number): HTMLElement {
    const row = this.#rows[at] as TimelineRow;
    const isOpen = this.isOpen(row);
    const count = row.executions.length;
    const label = element(
      'div',
      {
        role: 'treeitem',
        id: `timeline-row-${at}`,
        class: `row ${at === this.#active ? 'active' : ''} ${row.kind === 'slot' ? 'slot' : ''}`,
        'data-row': row.id,
        'aria-level': row.depth,
        'aria-expanded': row.canOpen ? String(isOpen) : undefined,
        'aria-selected': String(at === this.#active),
        'aria-label': `${row.label}, ${formatPlural(count, 'execution')}`,
        title: row.label,
      },
      element('span', { class: `twist ${isOpen ? 'open' : ''}` }, row.canOpen ? '▸' : ''),
      element('span', { class: 'label' }, row.label),
      count > 1 ? element('span', { class: 'count' }, formatCount(count)) : undefined,
    );
    label.style.top = `${at * rowHeight}px`;
    label.style.paddingLeft = `${(row.depth - 1) * 14 + 6}px`;
    return label;
  }

  /** @returns whether the key meant something. */
  #onKey(key: string): boolean {
    const row = this.active;
    if (row === undefined) return false;
    const isOpen = this.isOpen(row);
    const page = Math.max(1, Math.floor(this.#options.scroller.clientHeight / rowHeight) - 1);
    if (key === 'ArrowDown') this.#moveTo(this.#active + 1);
    else if (key === 'ArrowUp') this.#moveTo(this.#active - 1);
    else if (key === 'PageDown') this.#moveTo(this.#active + page);
    else if (key === 'PageUp') this.#moveTo(this.#active - page);
    else if (key === 'Home') this.#moveTo(0);
    else if (key === 'End') this.#moveTo(this.#rows.length - 1);
    else if (key === 'ArrowRight' && isOpen) this.#moveTo(this.#active + 1);
    else if (key === 'ArrowRight') this.#toggle(row);
    else if (key === 'ArrowLeft' && isOpen) this.#toggle(row);
    else if (key === 'ArrowLeft') this.#moveTo(this.#around(row));
    else return false;
    return true;
  }

  /** The row in which a row is. */
  #around({ depth }: TimelineRow): number {
    return this.#rows.findLastIndex((row, at) => at < this.#active && row.depth < depth);
  }

  #moveTo(at: number): void {
    const { scroller } = this.#options;
    this.#active = Math.min(this.#rows.length - 1, Math.max(0, at));
    const top = this.#active * rowHeight;
    const lowest = top - scroller.clientHeight + rowHeight;
    scroller.scrollTop = Math.min(top, Math.max(lowest, scroller.scrollTop));
    this.#changed();
  }

  #toggle(row: TimelineRow): void {
    if (row.canOpen && !this.#open.delete(row.id)) this.#open.add(row.id);
    this.#flatten();
  }

  #flatten(): void {
    const rows: TimelineRow[] = [];
    const add = (row: TimelineRow): void => {
      rows.push(row);
      if (row.canOpen && this.isOpen(row)) row.inside().forEach(add);
    };
    this.#roots.forEach(add);
    this.#rows = rows;
    this.#changed();
  }

  #changed(): void {
    this.render();
    this.#options.onChange();
  }
}
