/**
 * Takes over from a run that has ended what need not be done again in another one.
 *
 * Invariant: an action's outcome is taken over only when everything that it ran after is, too. So what
 * is run again never finds that something it decides about has happened already.
 * @module
 */
import type { Body, ForEachNode, Node } from '../definition/definition.ts';
import type { LoopProgress, Progress, StatusCounts } from '../engine/journal.ts';
import type { RunStore, StoredOutcome, Writer } from '../ports/run-store.ts';
import { RunLostError } from './durable-errors.ts';
import { outcomePages } from './outcome-pages.ts';
import { chunkPath } from './place.ts';
import { isSecureNode, type Sealing, whatIsKnownOf } from './sealing.ts';
import { chunkCount } from './stored-items.ts';

/** Containers that begin anew when they did not succeed: what was inside belongs together. */
const wholeKinds: ReadonlySet<string> = new Set(['until', 'container']);

export interface CopyParts {
  readonly store: RunStore;
  /** The run that has ended. */
  readonly source: string;
  /** Whoever holds the new one. */
  readonly target: Writer;
  readonly sealing: Sealing;
}

export class OutcomeCopy {
  readonly #parts: CopyParts;

  constructor(parts: CopyParts) {
    this.#parts = parts;
  }

  /** Takes over what has succeeded in a body, and of what has not, what has succeeded inside. */
  async succeeded(body: Body, frame: string): Promise<void> {
    const outcomes = new Map(
      (await this.#read(frame)).map((outcome) => [String(outcome.key), outcome]),
    );
    const settled = new Set<number>();
    for (const node of body.nodes) {
      const outcome = outcomes.get(node.name);
      const path = frame === '' ? node.name : `${frame}/${node.name}`;
      if (!node.runAfter.every(({ from }) => settled.has(from))) continue;
      if (outcome?.status === 'Succeeded' && node.kind !== 'terminate') {
        await this.#record([outcome]);
        await this.#everythingIn(node, path);
        settled.add(node.index);
      } else if (outcome?.error?.code === 'RUN_AFTER_NOT_MET') settled.add(node.index);
      else if (!wholeKinds.has(node.kind)) await this.#succeededIn(node, path);
    }
  }

  async #succeededIn(node: Node, path: string): Promise<void> {
    switch (node.kind) {
      case 'scope':
        return this.succeeded(node.body, path);
      case 'condition':
      case 'switch':
        for (const { name, body } of node.branches) await this.succeeded(body, `${path}/${name}`);
        return;
      case 'child':
        await this.#given(node, path);
        return this.succeeded(node.workflow.body, path);
      case 'forEach':
        return this.#iterations(node, path);
      default:
    }
  }

  /** What telemetry of the run has handed on. */
  async carrier(): Promise<Pick<Progress, 'carrier'>> {
    const { carrier } = (await this.#readProgress('')) ?? {};
    return carrier === undefined ? {} : { carrier };
  }

  /** The input of a child workflow stays the same, its deadlines do not. */
  async #given(node: Node, path: string): Promise<void> {
    const progress = await this.#readProgress(path);
    if (progress?.given === undefined) return;
    await this.#saveProgress(path, node, { given: progress.given });
  }

  async #iterations(node: ForEachNode, path: string): Promise<void> {
    const { loop: before, stream } = (await this.#readProgress(path)) ?? {};
    if (stream) await this.#saveProgress(path, node, { stream, window: 0 });
    if (before !== undefined) await this.#items(path, before.total);
    const counts: Record<string, number> = {};
    const again: number[] = [];
    let next = 0;
    for await (const page of this.#pages(path)) {
      const done = page.filter(({ status }) => status === 'Succeeded');
      await this.#record(done);
      counts.Succeeded = (counts.Succeeded ?? 0) + done.length;
      for (const outcome of page) {
        const { key, status, attempt } = outcome;
        const frame = `${path}[${key}]`;
        if (typeof key === 'number') {
          while (next < key) again.push(next++);
          next = key + 1;
          if (status !== 'Succeeded') again.push(key);
        }
        if (status !== 'Succeeded') await this.succeeded(node.body, frame);
        else if (attempt === 0) await this.#everything(node.body, frame);
      }
    }
    if (before === undefined) return;
    const loop: LoopProgress = {
      total: before.total,
      next,
      open: again,
      counts: counts as StatusCounts,
    };
    // Whatever has begun is in `open`.
    await this.#saveProgress(path, node, { loop, window: 0 });
  }

  /** Takes over everything inside a body, as it is. */
  async #everything(body: Body, frame: string): Promise<void> {
    for await (const page of this.#pages(frame)) {
      await this.#record(page);
      for (const { key } of page) {
        const node = body.nodes[body.names.get(String(key)) ?? -1];
        if (node !== undefined) await this.#everythingIn(node, `${frame}/${node.name}`);
      }
    }
  }

  async #everythingIn(node: Node, path: string): Promise<void> {
    switch (node.kind) {
      case 'scope':
      case 'branch':
      case 'container':
        return this.#everything(node.body, path);
      case 'condition':
      case 'switch':
        await this.#copyPages(path);
        for (const branch of node.branches) {
          await this.#everything(branch.body, `${path}/${branch.name}`);
        }
        return;
      case 'child':
        await this.#copyState(path);
        await this.#copyState(`${path}/`);
        return this.#everything(node.workflow.body, path);
      case 'until':
      case 'forEach': {
        await this.#copyState(path);
        const total = (await this.#readProgress(path))?.loop?.total;
        if (total !== undefined) await this.#items(path, total);
        for await (const page of this.#pages(path)) {
          await this.#record(page);
          for (const { key, attempt } of page) {
            if (attempt === 0) await this.#everything(node.body, `${path}[${key}]`);
          }
        }
        return;
      }
      default:
    }
  }

  async #copyPages(frame: string): Promise<void> {
    for await (const page of this.#pages(frame)) await this.#record(page);
  }

  #pages(frame: string): AsyncIterable<readonly StoredOutcome[]> {
    const { store, source } = this.#parts;
    return outcomePages(store, source, frame);
  }

  #read(frame: string): Promise<readonly StoredOutcome[]> {
    const { store, source } = this.#parts;
    return store.readFrame(source, frame);
  }

  async #record(outcomes: readonly StoredOutcome[]): Promise<void> {
    const { store, target } = this.#parts;
    const answers = await Promise.all(
      outcomes.map((outcome) => store.recordOutcome(target, { outcome })),
    );
    this.#checkHeld(!answers.includes('fenced'));
  }

  /** Whoever does not hold the new run any more leaves it to whoever does. */
  #checkHeld(isHeld: boolean): void {
    if (!isHeld) throw new RunLostError(this.#parts.target.runId);
  }

  async #items(loop: string, total: number): Promise<void> {
    for (let chunk = 0; chunk < chunkCount(total); chunk++) {
      await this.#copyState(chunkPath(loop, chunk));
    }
  }

  async #copyState(path: string): Promise<void> {
    const { store, source, target } = this.#parts;
    const text = await store.readState(source, path);
    if (text !== undefined) this.#checkHeld(await store.saveState(target, path, text));
  }

  async #readProgress(path: string): Promise<Progress | undefined> {
    const { store, source, sealing } = this.#parts;
    const text = await store.readState(source, path);
    if (text === undefined) return undefined;
    return (await sealing.read(text, whatIsKnownOf(path))) as Progress;
  }

  async #saveProgress(path: string, node: Node, progress: Progress): Promise<void> {
    const { store, target, sealing } = this.#parts;
    const what = whatIsKnownOf(path);
    const text = sealing.whole(progress, what);
    const stored = await sealing.encrypt(text, isSecureNode(node), what);
    this.#checkHeld(await store.saveState(target, path, stored));
  }
}
