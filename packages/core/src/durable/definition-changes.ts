/**
 * What changed in a definition since a run was started with it, in sentences for people.
 *
 * Invariant: no change is found between outlines that are the same. What was added or removed, or is
 * of another kind, is told once: what stands inside it has changed with it.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { DefinitionOutline, OutlineNode } from './definition-outline.ts';

export interface DefinitionChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** The address of the action or container; empty for the definition as a whole. */
  readonly path: string;
  /** A sentence without its full stop, such as `Orders/Mail was added`. */
  readonly text: string;
}

/** Messages name the first of them only; all are in `changes`. */
const mostNamed = 10;

/** `DEFINITION_CHANGED`: a run is resumed with another definition than it was started with. */
export class DefinitionChangedError extends RunafterError {
  readonly runId: string;
  readonly changes: readonly DefinitionChange[];

  constructor(runId: string, changes: readonly DefinitionChange[]) {
    const named = changes.slice(0, mostNamed).map(({ text }) => text);
    const more = changes.length - named.length;
    if (more > 0) named.push(`and ${more} more`);
    super(
      'DEFINITION_CHANGED',
      `Run "${runId}" was started with another definition: ${named.join('; ')}. ` +
        'Run the old version to its end, or resume with allowChanges: true: then added actions run, ' +
        'and removed ones stay in the record.',
    );
    this.runId = runId;
    this.changes = changes;
  }
}

/** What is different in `current`, first for the definition as a whole, then by path. */
export function changesBetween(
  stored: DefinitionOutline,
  current: DefinitionOutline,
): readonly DefinitionChange[] {
  return [
    ...versionChange('', 'the version', stored.version, current.version),
    ...nodeChanges(stored, current),
  ];
}

function nodeChanges(stored: DefinitionOutline, current: DefinitionOutline): DefinitionChange[] {
  const before = new Map(stored.nodes.map((node) => [node.path, node]));
  const after = new Map(current.nodes.map((node) => [node.path, node]));
  /** What has changed as a whole. A container is sorted before what is inside it. */
  const whole = new Set<string>();
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    const isInside = whole.has(parentOf(path));
    if (isInside || old === undefined || now === undefined || kindOf(old) !== kindOf(now)) {
      whole.add(path);
    }
    if (isInside) return [];
    if (old === undefined) return [{ kind: 'added', path, text: `${path} was added` }];
    if (now === undefined) return [{ kind: 'removed', path, text: `${path} was removed` }];
    return changesOf(old, now);
  });
}

function changesOf(old: OutlineNode, now: OutlineNode): DefinitionChange[] {
  const { path } = now;
  const changes = versionChange(path, `the version of ${path}`, old.version, now.version);
  if (kindOf(old) !== kindOf(now)) {
    changes.unshift(changed(path, `${path} is ${kindOf(now)}, was ${kindOf(old)}`));
  }
  changes.push(
    ...secretChange(path, 'takes in', old.secureInputs, now.secureInputs),
    ...secretChange(path, 'hands over', old.secureOutputs, now.secureOutputs),
  );
  const [edges, oldEdges] = [edgesOf(now), edgesOf(old)];
  if (edges !== oldEdges) {
    changes.push(changed(path, `${path} runs after [${edges}], was [${oldEdges}]`));
  }
  return changes;
}

function versionChange(
  path: string,
  what: string,
  old: string | undefined,
  now: string | undefined,
): DefinitionChange[] {
  if (old === now) return [];
  return [changed(path, `${what} is ${now ?? 'not set'}, was ${old ?? 'not set'}`)];
}

/** Also of a waitFor, and so of the payloads of its event. */
function secretChange(
  path: string,
  what: string,
  old: true | undefined,
  now: true | undefined,
): DefinitionChange[] {
  if (old === now) return [];
  const text = `${path} ${what} ${now ? 'a secure value now' : 'no secure value any more'}`;
  return [changed(path, text)];
}

function changed(path: string, text: string): DefinitionChange {
  return { kind: 'changed', path, text };
}

/** Such as `an action`, `a saga`, `a child of "Orders"`, `a waitFor of "approval"`. */
function kindOf({ kind, of }: OutlineNode): string {
  const name = kind === 'container' ? (of ?? kind) : kind;
  const article = /^[aeiou]/i.test(name) ? 'an' : 'a';
  return `${article} ${name}${of === undefined || kind === 'container' ? '' : ` of "${of}"`}`;
}

function edgesOf({ runAfter }: OutlineNode): string {
  return runAfter.map(({ name, statuses }) => `${name} ${statuses.join('|')}`).join(', ');
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
