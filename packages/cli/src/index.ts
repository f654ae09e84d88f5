/**
 * runafter on the command line.
 * @module
 */
export {};
