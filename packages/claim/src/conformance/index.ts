/**
 * The suites that every driver of `@runafter/claim` passes.
 * @module
 */
export {};
