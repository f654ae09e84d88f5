/**
 * The graph as SVG. It stands in the page without the help of a script, which only adds zoom, keys and
 * highlights; how it looks is said in client/style/graph.css.
 * @module
 */
import { formatCount } from '../format.ts';
import { type Html, html } from '../html.ts';
import { statusIcon } from '../status-icons.ts';
import { statusWords, type ViewStatus, viewStatuses } from '../view-status.ts';
import type { Box } from './box.ts';
import { boxDetail, boxName, total } from './box-text.ts';
import { roundedPath } from './edge-path.ts';
import { headHeight, type PlacedBox, type PlacedEdge, type PlacedLevel } from './layout-graph.ts';

/** @param label - what the picture is, for people who hear it. */
export function graphSvg(graph: PlacedLevel, label: string): Html {
  return html`<svg id="graph" class="graph" role="group" aria-label="${label}" aria-describedby="graph-keys"
    viewBox="0 0 ${Math.ceil(graph.width)} ${Math.ceil(graph.height)}"
    data-width="${Math.ceil(graph.width)}" data-height="${Math.ceil(graph.height)}">
    <defs>
      <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">
        <path d="M0.5 0.8 L7 4 L0.5 7.2 Z" class="arrow"/>
      </marker>
    </defs>
    <g id="graph-content">${levelSvg(graph)}</g>
  </svg>`;
}

function levelSvg({ boxes, edges }: PlacedLevel): Html {
  return html`${edges.map(edgeSvg)}${boxes.map(boxSvg)}`;
}

function edgeSvg({ edge, points, label }: PlacedEdge): Html {
  const marks = markClasses(edge);
  const isPlain = edge.label === '';
  const path = roundedPath(points, 7);
  return html`<g class="edge${isPlain ? '' : ' conditional'}${marks}" aria-hidden="true">
    <path d="${path}" marker-end="url(#arrow)"/>
    ${edge.isDeciding && html`<path class="mark" d="${path}" marker-end="url(#arrow)"/>`}
    ${label !== undefined && html`<text x="${label.x}" y="${label.y + 4}">${edge.label}</text>`}
  </g>`;
}

function boxSvg({ box, x, y, inside: { width, height, ...inside } }: PlacedBox): Html {
  const isContainer = inside.boxes.length > 0;
  const isStack = box.nodes.length > 1;
  const classes = `box ${box.status}${isContainer ? ' container' : ''}${markClasses(box)}`;
  // Only the head of a container is what a click on the box means: inside are other boxes.
  return html`<g transform="translate(${x} ${y})">
    <g class="${classes}" id="${box.id}" role="button" tabindex="-1" aria-pressed="false"
      aria-label="${ariaLabel(box)}">
      <title>${titleOf(box)}</title>
      ${
        isStack &&
        html`<rect class="behind" x="6" y="6" width="${width}" height="${height}" rx="9"/>
        <rect class="behind" x="3" y="3" width="${width}" height="${height}" rx="9"/>`
      }
      <rect class="frame" width="${width}" height="${height}" rx="9"/>
      <g transform="translate(13 11)">${statusIcon(box.status, 15)}</g>
      <text class="name" x="37" y="23">${boxName(box)}</text>
      <text class="detail" x="37" y="40">${boxDetail(box)}</text>
      ${box.iterations !== undefined && progressSvg(box.iterations, width)}
      ${box.isDeciding && html`<rect class="mark" x="-4" y="-4" width="${width + 8}" height="${height + 8}" rx="12"/>`}
      <rect class="focus" x="-3" y="-3" width="${width + 6}" height="${height + 6}" rx="11"/>
    </g>
    ${isContainer && levelSvg({ width, height, ...inside })}
  </g>`;
}

/** How far a loop has come, as a bar under its head; each status has its share. */
function progressSvg(iterations: Box['counts'], width: number): Html {
  const all = Math.max(1, total(iterations));
  let x = 0;
  return html`${[...viewStatuses].reverse().map((status: ViewStatus) => {
    const count = status === 'Pending' ? 0 : (iterations[status] ?? 0);
    if (count === 0) return undefined;
    const length = (count / all) * (width - 26);
    const part = html`<rect class="share ${status}" x="${13 + x}" y="${headHeight - 5}" width="${length}" height="3"/>`;
    x += length;
    return part;
  })}`;
}

function markClasses({ isDeciding, isCritical }: Pick<Box, 'isDeciding' | 'isCritical'>): string {
  return `${isDeciding ? ' deciding' : ''}${isCritical ? ' critical' : ''}`;
}

function ariaLabel(box: Box): string {
  const marks = [
    box.isDeciding ? 'on the deciding chain' : '',
    box.isCritical ? 'on the critical path' : '',
  ];
  const after = box.nodes[0].runAfter.map(({ address }) => lastName(address)).slice(0, 5);
  const order = after.length === 0 ? '' : `runs after ${after.join(', ')}`;
  return [boxName(box), boxDetail(box), ...marks, order].filter((part) => part !== '').join(', ');
}

function titleOf({ nodes, status }: Box): string {
  const [{ address }] = nodes;
  if (nodes.length === 1) return `${address}: ${statusWords(status)}`;
  return `${formatCount(nodes.length)} alike, the first is ${address}`;
}

function lastName(address: string): string {
  return address.slice(address.lastIndexOf('/') + 1);
}
