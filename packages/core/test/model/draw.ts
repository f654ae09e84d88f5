/**
 * Where random plans take their decisions from: a seeded source for volume, or fast-check, which
 * can make a counterexample smaller. Both are one function, so there is one generator.
 * @module
 */
import { seededRandom } from '@runafter/clock';
import fc, { type GeneratorValue } from 'fast-check';

/** Gives a whole number from `min` to `max`, both included. Small ones should be the simple ones. */
export type Draw = (min: number, max: number) => number;

/** The same numbers for the same seed. */
export function seededDraw(seed: number | string): Draw {
  const random = seededRandom(seed);
  return (min, max) => min + Math.floor(random() * (max - min + 1));
}

/** Numbers that fast-check chooses and shrinks. */
export function shrinkingDraw(generate: GeneratorValue): Draw {
  return (min, max) => generate(fc.integer, { min, max });
}

/** True in `percent` of all cases; shrinks to false. */
export function chance(draw: Draw, percent: number): boolean {
  return draw(0, 99) >= 100 - percent;
}

/** One of the options; shrinks to the first. */
export function pick<T>(draw: Draw, options: readonly T[]): T {
  return options[draw(0, options.length - 1)] as T;
}

/** `count` values. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
