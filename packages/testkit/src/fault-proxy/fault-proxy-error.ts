/**
 * The error of the fault proxy.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `FAULT_PROXY_INVALID`: an option of the fault proxy, or a call of it, that makes no sense. */
export class FaultProxyError extends RunafterError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('FAULT_PROXY_INVALID', message, options);
  }
}
