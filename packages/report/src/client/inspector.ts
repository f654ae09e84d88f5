/**
 * The chosen execution, told in full: its times, its attempts, what it waited for.
 * @module
 */
import { formatBytes, formatDuration } from '../page/format.ts';
import { statusWords } from '../page/view-status.ts';
import { waitWords } from '../page/wait-words.ts';
import type { ErrorView, ExecutionView } from '../view/run-view.ts';
import { byId, element, statusIcon } from './element.ts';
import type { PageState } from './page-state.ts';

/** Entries of a list. */
const most = 50;

export function setUpInspector(state: PageState): void {
  const place = byId('inspector');
  state.chosen.watch((execution) => {
    place.replaceChildren(...(execution === undefined ? [] : describe(execution, state)));
    place.hidden = execution === undefined;
  });
  for (const button of document.querySelectorAll<HTMLElement>('[data-select]')) {
    button.addEventListener('click', () => {
      state.chosen.value = state.executionAt.get(button.dataset.select ?? '');
      place.scrollIntoView({ block: 'nearest' });
    });
  }
}

function describe(execution: ExecutionView, { view }: PageState): HTMLElement[] {
  const { path, status, startTime, endTime, readyTime, attempts, waits, error } = execution;
  const since = (time: number): string => `+${formatDuration(time - view.startTime)}`;
  const facts = [
    ['Took', formatDuration(endTime - startTime)],
    ['Started', since(startTime)],
    ['Ready', since(readyTime)],
    ['Attempts', String(attempts.length)],
    ['Output', execution.payloadBytes === undefined ? '' : formatBytes(execution.payloadBytes)],
  ].filter(([, value]) => value !== '' && value !== '0');
  const lines = [
    ...attempts.slice(0, most).map((attempt) => ({
      time: attempt.startTime,
      what: `Attempt ${attempt.number}`,
      took: attempt.endTime - attempt.startTime,
      error: attempt.error,
    })),
    ...waits.slice(0, most).map((wait) => ({
      time: wait.startTime,
      what: wait.name === undefined ? waitWords[wait.for] : `${waitWords[wait.for]}: ${wait.name}`,
      took: wait.endTime - wait.startTime,
      error: undefined,
    })),
  ].sort((a, b) => a.time - b.time);
  return [
    element('h3', {}, statusIcon(status), element('code', {}, path), ` ${statusWords(status)}`),
    ...(error === undefined ? [] : [errorLine(error)]),
    element(
      'dl',
      { class: 'facts' },
      ...facts.map(([name = '', value]) =>
        element('div', {}, element('dt', {}, name), element('dd', {}, value)),
      ),
    ),
    element(
      'ol',
      { class: 'plain' },
      ...lines.map(({ time, what, took, error }) =>
        element(
          'li',
          {},
          element('span', { class: 'when' }, since(time)),
          ` ${what}, ${formatDuration(took)} `,
          error === undefined ? undefined : errorLine(error),
        ),
      ),
    ),
  ];
}

/** An error as its code and its message. */
export function errorLine({ code, message }: ErrorView): HTMLElement {
  return element('span', { class: 'error' }, element('code', {}, code), ` ${message}`);
}
