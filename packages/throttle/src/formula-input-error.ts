/**
 * What the formulas say to numbers that they cannot work with.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `FORMULA_INPUT_INVALID`: a formula for rates or concurrency got a number that makes no sense. */
export class FormulaInputError extends RunafterError {
  /** The input that is wrong. */
  readonly input: string;
  /** Its value, as it was given. */
  readonly value: unknown;

  /** @param fix - what to pass instead, as a sentence. */
  constructor(formula: string, input: string, value: unknown, fix: string) {
    super('FORMULA_INPUT_INVALID', `${formula}: ${input} is ${String(value)}. ${fix}`);
    this.input = input;
    this.value = value;
  }
}

/** @throws {FormulaInputError} `FORMULA_INPUT_INVALID`: it is no finite number above 0. */
export function checkPositive(formula: string, input: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new FormulaInputError(formula, input, value, 'Pass a finite number above 0.');
}

/** @throws {FormulaInputError} `FORMULA_INPUT_INVALID`: it is no finite number of at least 0. */
export function checkNotNegative(formula: string, input: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new FormulaInputError(formula, input, value, 'Pass a finite number of at least 0.');
}
