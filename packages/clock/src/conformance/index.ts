/**
 * Suites for drivers of the ports of this package: the Limiter and the Gate.
 * @module
 */
export {};
