/** Each fault that is planted, and a test of the suite that has to find it. */
import type { DriverFault } from './planted-document-driver.ts';
import type { StoreFault } from './planted-store-faults.ts';

/** Faults of the driver, and the tests that they must not pass. */
export const driverFaults: Readonly<Record<DriverFault, string>> = {
  'overwrites whatever is there': 'is done for exactly one of 40 who read the same version',
  'compares in one step and writes in another': '50 times at once from four connections',
  'creates over what is there': 'that is there already is refused',
  'looks in one step and creates in another': 'is done for exactly one of 40 who create it',
  'takes a hash of the value for an ETag': 'but was another one in between',
  'begins to count versions anew after a removal': 'with an ETag that it never had',
  'removes any version': 'that was written since it was read is refused',
  'removes neighbours, too': 'leaves its neighbours alone',
  'lists one page only': 'gives each of many once',
  'lists the border of a page twice': 'gives each of many once',
  'takes the prefix for a pattern': 'with wildcards',
  'lists tombstones as documents': 'is neither read nor listed',
  'compares keys without case': 'with case',
  'compares keys without trailing spaces': 'with spaces',
  'composes the characters of keys': 'with characters that look the same',
  'takes keys for paths': 'with slashes',
  'cuts keys at 255 characters': 'with 400 characters',
  'cuts texts at U+0000': 'with U+0000 comes back',
  'changes line breaks': 'with line breaks comes back',
  'takes an empty text for none': 'with nothing in it comes back',
  'cuts facts at 2,000 characters': 'have room for the longest ids',
  'writes facts in a step of their own': 'are let in so that the token never goes back',
  'keeps the facts of the creation': 'makes the document take no writes without one',
  'keeps no tombstones': 'is not created again by an older fence',
  'repeats requests by itself': 'has an unknown outcome, and was done',
  'takes every broken connection for not done': 'changes the document once',
  'gets stuck by an abort': 'while it is under way ends with the reason, and others go on',
};

/** Faults of what stands on the driver. */
export const storeFaults: Readonly<Record<StoreFault, string>> = {
  'takes a star for every ETag': 'with "*", which is no ETag of it',
  'does not ask whether the fence is held': 'asks the fence before it writes',
  'keeps tokens as numbers': 'of token 9007199254740992 of "ann" is refused after token',
  'does not compare owners': 'of token 1 of "bob" is refused after token 1 of "ann"',
  'ignores the signal': 'before it begins does nothing',
  'goes on after it was closed': 'refuses every call',
  'hands the same value to every reader': 'that was read is the reader’s own',
  'takes the value when the request is sent': 'is what it was when it was handed over',
};
