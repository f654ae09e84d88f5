/**
 * A table that filters, sorts and has pages, so that 10,000 rows are as quick as 100.
 *
 * The buttons in its head sort, as the pattern for sortable tables asks; what the filter leaves is said
 * in a live region.
 * @module
 */
import { formatCount, formatPlural } from '../../page/format.ts';
import { statusWords, type ViewStatus } from '../../page/view-status.ts';
import { element } from '../element.ts';

/** A column. */
export interface Column<Row> {
  readonly title: string;
  /** What it is sorted by; what is undefined comes last. */
  readonly value: (row: Row) => string | number | undefined;
  /** What is in a cell; the value unless given. */
  readonly show?: (row: Row) => string | Node;
  readonly isNumber?: boolean;
}

export interface TableOptions<Row> {
  readonly place: HTMLElement;
  readonly name: string;
  /** What a row is, such as `execution`; more of them have an s. */
  readonly rowName: string;
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly rows: readonly Row[];
  /** What the text of the filter is looked for in. */
  readonly text: (row: Row) => string;
  readonly statuses: (row: Row) => readonly ViewStatus[];
  /** Choices besides the statuses, such as the critical path. */
  readonly choices?: Readonly<Record<string, (row: Row) => boolean>>;
  /** By what it is sorted at first, with the largest at the top; in the order given unless there. */
  readonly sortedBy?: string;
}

const pageSize = 100;

export class DataTable<Row> {
  readonly #options: TableOptions<Row>;
  readonly #body = element('tbody');
  readonly #count = element('p', { class: 'count', role: 'status' });
  readonly #pager = element('div', { class: 'pager' });
  readonly #heads: HTMLTableCellElement[];
  #text = '';
  #choice = '';
  #sorted: { column: Column<Row>; sign: 1 | -1 } | undefined;
  #condition: (row: Row) => boolean = () => true;
  #found: readonly Row[] = [];
  #page = 0;

  constructor(options: TableOptions<Row>) {
    this.#options = options;
    const { place, name, columns, sortedBy } = options;
    const column = columns.find(({ title }) => title === sortedBy);
    this.#sorted = column === undefined ? undefined : { column, sign: -1 };
    this.#heads = columns.map((head) => this.#head(head));
    const table = element(
      'table',
      { class: 'data', 'aria-label': name },
      element('thead', {}, element('tr', {}, ...this.#heads)),
      this.#body,
    );
    const scroller = element(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': name },
      table,
    );
    place.replaceChildren(this.#filters(), scroller, this.#pager);
    this.#find();
  }

  /** Keeps to the rows for which this is so, besides what the filter says. */
  keepTo(condition: (row: Row) => boolean): void {
    this.#condition = condition;
    this.#find();
  }

  #head(column: Column<Row>): HTMLTableCellElement {
    const button = element('button', { type: 'button' }, column.title);
    button.addEventListener('click', () => {
      const isSame = this.#sorted?.column === column;
      const first = column.isNumber === true ? -1 : 1;
      const other = this.#sorted?.sign === 1 ? -1 : 1;
      this.#sorted = { column, sign: isSame ? other : first };
      this.#find();
    });
    return element('th', { scope: 'col', class: column.isNumber === true ? 'number' : '' }, button);
  }

  #filters(): HTMLElement {
    const { rows, statuses, choices = {}, rowName } = this.#options;
    const input = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
    input.placeholder = 'Name, code or message';
    input.addEventListener('input', () => {
      this.#text = input.value.trim().toLowerCase();
      this.#find();
    });
    const known = new Set(rows.flatMap((row) => statuses(row)));
    const select = element(
      'select',
      {},
      element('option', { value: '' }, 'All'),
      ...[...known]
        .sort()
        .map((status) => element('option', { value: status }, statusWords(status))),
      ...Object.keys(choices).map((choice) => element('option', { value: choice }, choice)),
    );
    select.addEventListener('change', () => {
      this.#choice = select.value;
      this.#find();
    });
    return element(
      'div',
      { class: 'filters' },
      element('label', {}, element('span', {}, `Find ${rowName}s`), input),
      element('label', {}, element('span', {}, 'Show'), select),
      this.#count,
    );
  }

  #find(): void {
    const { rows, text, statuses, choices = {} } = this.#options;
    const choice = choices[this.#choice];
    const isChosen = (row: Row): boolean =>
      this.#choice === '' || (choice?.(row) ?? statuses(row).includes(this.#choice as ViewStatus));
    const found = rows.filter(
      (row) =>
        this.#condition(row) &&
        isChosen(row) &&
        (this.#text === '' || text(row).toLowerCase().includes(this.#text)),
    );
    this.#found = this.#sorted === undefined ? found : sortedRows(found, this.#sorted);
    this.#page = 0;
    this.#render();
  }

  #render(): void {
    const { columns, rows, rowName } = this.#options;
    const from = this.#page * pageSize;
    const shown = this.#found.slice(from, from + pageSize);
    this.#body.replaceChildren(...shown.map((row) => rowOf(row, columns)));
    const isAll = this.#found.length === rows.length;
    const count = isAll ? '' : `${formatCount(this.#found.length)} of `;
    this.#count.textContent = count + formatPlural(rows.length, rowName);
    this.#heads.forEach((head, at) => {
      const isSorted = this.#sorted?.column === columns[at];
      const order = this.#sorted?.sign === 1 ? 'ascending' : 'descending';
      if (isSorted) head.setAttribute('aria-sort', order);
      else head.removeAttribute('aria-sort');
    });
    this.#renderPager(from, shown.length);
  }

  #renderPager(from: number, shown: number): void {
    const pages = Math.ceil(this.#found.length / pageSize);
    this.#pager.hidden = pages < 2;
    const turn = (title: string, by: number): HTMLButtonElement => {
      const button = element('button', { type: 'button' }, title);
      button.disabled = this.#page + by < 0 || this.#page + by >= pages;
      button.addEventListener('click', () => {
        this.#page += by;
        this.#render();
        const turned = [...this.#pager.querySelectorAll('button')];
        (
          turned.find((one) => one.textContent === title && !one.disabled) ??
          turned.find((one) => !one.disabled)
        )?.focus();
      });
      return button;
    };
    const range = `${formatCount(from + 1)} to ${formatCount(from + shown)}`;
    this.#pager.replaceChildren(turn('Before', -1), element('span', {}, range), turn('Next', 1));
  }
}

function rowOf<Row>(row: Row, columns: readonly Column<Row>[]): HTMLTableRowElement {
  const cells = columns.map(({ show, value, isNumber }, at) => {
    const content = show?.(row) ?? String(value(row) ?? '');
    const className = isNumber === true ? 'number' : '';
    if (at === 0) return element('th', { scope: 'row' }, content);
    return element('td', { class: className }, content);
  });
  return element('tr', {}, ...cells);
}

function sortedRows<Row>(
  rows: readonly Row[],
  { column, sign }: { readonly column: Column<Row>; readonly sign: 1 | -1 },
): Row[] {
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined) {
        return Number(a.value === undefined) - Number(b.value === undefined);
      }
      if (a.value === b.value) return 0;
      return a.value < b.value ? -sign : sign;
    })
    .map(({ row }) => row);
}
