/**
 * The frames of the tables; client/table fills them.
 * @module
 */
import type { RunView } from '../../view/run-view.ts';
import { formatPlural } from '../format.ts';
import { type Html, html } from '../html.ts';
import { isFailure } from '../view-status.ts';

export function tableSections({ executions, nodes }: RunView): Html {
  const failures = executions.filter(isFailure).length;
  return html`
  ${failures > 0 && tableSection('failures', 'Failures', formatPlural(failures, 'failure'))}
  ${tableSection('actions', 'Definition', formatPlural(nodes.length, 'node'))}
  ${tableSection('executions', 'Executions', formatPlural(executions.length, 'execution'))}`;
}

function tableSection(id: string, title: string, count: string): Html {
  return html`<section class="card" id="${id}-section" aria-labelledby="${id}-title">
  <div class="head"><h2 id="${id}-title">${title}</h2></div>
  <div class="table-place" id="${id}">${count}</div>
</section>`;
}
