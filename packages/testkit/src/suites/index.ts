/**
 * To test a suite of tests: does it find what is broken?
 * @module
 */
export { runSuite, type SuiteResult, type SuiteResults } from './run-suite.ts';
