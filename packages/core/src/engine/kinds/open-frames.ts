/**
 * The frames of a loop that run. Each frame knows its place in the array, so that it can leave it
 * without a search; a Set does the same, and took a fifth of a loop's time.
 * @module
 */
import type { Frame } from '../frame.ts';

export class OpenFrames {
  readonly #frames: Frame[] = [];

  get size(): number {
    return this.#frames.length;
  }

  add(frame: Frame): void {
    frame.place = this.#frames.push(frame) - 1;
  }

  /** The last frame takes the place of the one that leaves. */
  remove(frame: Frame): void {
    const last = this.#frames.pop();
    if (last === undefined || last === frame) return;
    this.#frames[frame.place] = last;
    last.place = frame.place;
  }

  all(): readonly Frame[] {
    return this.#frames;
  }
}
