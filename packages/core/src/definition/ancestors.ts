/**
 * Which actions are certain to have ended before another one starts: its ancestors.
 *
 * The data form reads outputs by name, and only an ancestor's output is the same on every run;
 * anything else would be a race. Answers are kept per body, which never changes once compiled: one
 * for each question that was asked, since the ancestors of all nodes together would be quadratic.
 * @module
 */
import type { Body } from './definition.ts';

const answers = new WeakMap<Body, Map<number, Map<number, boolean>>>();

/**
 * Whether `from` always ends before `of` starts, directly or through others. Both are indexes of
 * nodes in `body`; a node is not its own ancestor.
 */
export function isAncestor(body: Body, from: number, of: number): boolean {
  // Nodes are in topological order, so what comes later cannot be an ancestor.
  if (from >= of) return false;
  const known = answersFor(body, of);
  let answer = known.get(from);
  if (answer === undefined) {
    answer = reaches(body, from, of);
    known.set(from, answer);
  }
  return answer;
}

/** The indexes of all nodes that always end before `of` starts. */
export function ancestorsOf(body: Body, of: number): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [of];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { from } of body.nodes[next]?.runAfter ?? []) {
      if (found.has(from)) continue;
      found.add(from);
      open.push(from);
    }
  }
  return found;
}

function answersFor(body: Body, of: number): Map<number, boolean> {
  let ofBody = answers.get(body);
  if (ofBody === undefined) {
    ofBody = new Map();
    answers.set(body, ofBody);
  }
  let known = ofBody.get(of);
  if (known === undefined) {
    known = new Map();
    ofBody.set(of, known);
  }
  return known;
}

/** Walks up from `of`, never past `from`: what stands before it cannot have it as an ancestor. */
function reaches(body: Body, from: number, of: number): boolean {
  const seen = new Set<number>();
  const open = [of];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const edge of body.nodes[next]?.runAfter ?? []) {
      if (edge.from === from) return true;
      if (edge.from < from || seen.has(edge.from)) continue;
      seen.add(edge.from);
      open.push(edge.from);
    }
  }
  return false;
}
