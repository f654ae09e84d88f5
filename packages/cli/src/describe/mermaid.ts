/**
 * A workflow as a Mermaid flowchart: containers are subgraphs, and what runs after what are the edges,
 * with the statuses where they are not just Succeeded.
 *
 * Invariant: names are only ever in quoted labels, with everything escaped that Mermaid or Markdown would
 * read; ids are numbers. So no name, whatever is in it, breaks the drawing.
 * @see https://mermaid.js.org/syntax/flowchart.html
 * @module
 */
import type {
  BodyDescription,
  NodeDescription,
  RunAfterDescription,
  WorkflowDescription,
} from '@runafter/core';
import { factsOf } from './node-facts.ts';
import { statusesText } from './statuses-text.ts';

/**
 * Draws a workflow.
 *
 * @returns the text of a flowchart, for a Markdown block or the Mermaid CLI.
 * @example
 * console.log(toMermaid(describe(fulfilOrder)));
 */
export function toMermaid(workflow: WorkflowDescription): string {
  return new Drawing().draw(workflow);
}

class Drawing {
  readonly #lines: string[] = [];
  /** Edges come last: an edge that names a subgraph before it is there would make a node of it. */
  readonly #edges: string[] = [];
  readonly #classes = new Map<string, string[]>();
  #count = 0;

  draw({ name, body }: WorkflowDescription): string {
    this.#body(body, '  ');
    const classes = [...this.#classes].map(([of, ids]) => `  class ${ids.join(',')} ${of}`);
    return [
      ...['---', `title: ${JSON.stringify(name)}`, '---', 'flowchart TD'],
      ...this.#lines,
      ...this.#edges,
      ...(classes.length === 0 ? [] : [...classDefinitions, ...classes]),
      '',
    ].join('\n');
  }

  #body({ actions }: BodyDescription, indent: string): void {
    const ids = new Map<string, string>();
    for (const node of actions) {
      const id = this.#node(node, indent);
      ids.set(node.name, id);
      for (const edge of node.runAfter) this.#edge(ids.get(edge.name) ?? '', id, edge);
    }
  }

  #node(node: NodeDescription, indent: string): string {
    const id = this.#newId();
    const label = labelOf(node.name, factsOf(node));
    if (node.criticality !== 'critical') this.#classOf(node.criticality, id);
    if (node.kind === 'condition' || node.kind === 'switch') {
      this.#subgraph(id, label, indent, () => {
        for (const branch of node.branches) {
          const inside = () => this.#body(branch.body, `${indent}    `);
          this.#subgraph(this.#newId(), labelOf(branch.name, []), `${indent}  `, inside);
        }
      });
    } else if ('body' in node) {
      this.#subgraph(id, label, indent, () => this.#body(node.body, `${indent}  `));
    } else {
      const [open, close] = shapes[node.kind];
      this.#lines.push(`${indent}${id}${open}${label}${close}`);
    }
    return id;
  }

  #subgraph(id: string, label: string, indent: string, inside: () => void): void {
    this.#lines.push(`${indent}subgraph ${id}[${label}]`);
    const before = this.#lines.length;
    inside();
    // Mermaid draws no subgraph without anything in it.
    if (this.#lines.length === before) this.#lines.push(`${indent}  ${this.#newId()}["nothing"]`);
    this.#lines.push(`${indent}end`);
  }

  #edge(from: string, to: string, { statuses }: RunAfterDescription): void {
    const text = statusesText(statuses);
    // Dotted: also taken when something went wrong.
    this.#edges.push(
      text === 'Succeeded' ? `  ${from} --> ${to}` : `  ${from} -. "${text}" .-> ${to}`,
    );
  }

  #classOf(name: string, id: string): void {
    this.#classes.set(name, [...(this.#classes.get(name) ?? []), id]);
  }

  #newId(): string {
    return `n${++this.#count}`;
  }
}

type Leaf = Exclude<NodeDescription, { body: BodyDescription } | { branches: readonly unknown[] }>;

const shapes: Readonly<Record<Leaf['kind'], readonly [string, string]>> = {
  action: ['[', ']'],
  child: ['[[', ']]'],
  delay: ['([', '])'],
  waitFor: ['>', ']'],
  terminate: ['(((', ')))'],
};

const classDefinitions = [
  '  classDef important stroke-dasharray: 6 3',
  '  classDef optional stroke-dasharray: 2 4',
];

function labelOf(name: string, facts: readonly string[]): string {
  return `"${[name, ...facts].map(escaped).join('<br>')}"`;
}

/** Everything but letters, digits, blanks and what means nothing to anybody, as entities. */
function escaped(text: string): string {
  return text.replaceAll(
    /[^\p{L}\p{N} _.,:;/()%=…-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}
