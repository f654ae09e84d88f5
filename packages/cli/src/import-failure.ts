/**
 * Why a file could not be imported, and what to do: Node's codes in words that lead on.
 * @module
 */
import { extname } from 'node:path';
import { isRunafterError, readProperty, toFault } from '@runafter/errors';

/** The reason, as sentences. */
export function importFailure(error: unknown, path: string): string {
  const { code, message } = toFault(error);
  const said = message.split('\n')[0] ?? message;
  switch (code) {
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return ['.ts', '.mts'].includes(extname(path)) && process.features.typescript === false
        ? 'This Node was told not to run TypeScript. Leave out --no-strip-types, or name a JavaScript file.'
        : `${said}. Node runs .ts, .mts, .js and .mjs; build anything else, such as .tsx, and name what comes out.`;
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return (
        `${said}. Node leaves types out and changes nothing else: write an enum as a constant object, a ` +
        'parameter property as a field, a namespace as a module. Or build the file and name what comes out.'
      );
    case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
      return `${said}. Node runs no TypeScript below node_modules: that package must come built.`;
    case 'ERR_MODULE_NOT_FOUND':
      return missing(error, said);
    default:
      return error instanceof SyntaxError
        ? `It has a syntax error: ${said}.${olderNode(said)}`
        : thrown(error, code, said);
  }
}

/** Its own code threw: a definition that is refused says all by its code and message. */
function thrown(error: unknown, code: string, said: string): string {
  if (isRunafterError(error)) return `It threw ${code} while it was imported: ${said}`;
  const named = error instanceof Error ? error.name : 'something that is no error';
  return `It threw ${named} while it was imported: ${said}. --stack shows where.`;
}

function missing(error: unknown, said: string): string {
  const url = readProperty(error, 'url');
  const isFile = typeof url === 'string' && url.startsWith('file:');
  if (!isFile) return `${said}. Install the package beside the file.`;
  return extname(url) === '.ts'
    ? `${said}.`
    : `${said}. Import files with the extension that they have: './order.ts', not './order' or './order.js'.`;
}

/** What a newer Node can read. */
function olderNode(said: string): string {
  const isOld = Number.parseInt(process.versions.node, 10) < 24;
  return isOld && /using|Unexpected identifier/.test(said)
    ? ' `await using` in a file that Node runs directly takes Node 24.'
    : '';
}
