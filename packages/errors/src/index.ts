/**
 * Errors with a stable code, facts as fields and a way out.
 * @module
 */
export { type CodeEntry, type CodeTable, findCodeProblems } from './code-table.ts';
export { didYouMean } from './did-you-mean.ts';
export { describeCode, type ErrorCode, errorCodes } from './error-codes.ts';
export { type Fault, toFault } from './fault.ts';
export { httpStatusOf } from './http-status.ts';
export { readProperty } from './read-property.ts';
export {
  hasCode,
  isRunafterError,
  RunafterError,
  type RunafterErrorJson,
} from './runafter-error.ts';
export {
  mayHaveBeenDone,
  type RequestOutcome,
  ServiceClientMissingError,
  ServiceClosedError,
  ServiceError,
  ServiceOptionError,
  ServiceRefusedError,
  ServiceUnavailableError,
} from './service-errors.ts';
