/** Decisions that are left to chance, and repeated by the same seed. */
import type { Random } from '@runafter/clock';

/** Whether something that happens at this rate, from 0 to 1, happens now. */
export function chance(random: Random, rate: number): boolean {
  return random() < rate;
}

/** One of the choices. */
export function pick<T>(random: Random, choices: readonly [T, ...T[]] | readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}
