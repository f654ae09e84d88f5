/**
 * The user's cipher, through which alone secure values get into a store.
 *
 * Invariant: no message of ours quotes a text that a cipher was given or gave back.
 * Read next: secure-use.ts for which definitions need one.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import { isThenable } from '../definition/rules/show-value.ts';

/**
 * Encrypts what a durable run stores of secure values, and decrypts it after a restart. Both may be
 * asynchronous, for keys that another service keeps.
 *
 * Use an authenticated cipher and never the same nonce twice, as here. To change keys, write the name
 * of the key before the text and keep old keys for as long as runs that need them are stored.
 *
 * @example
 * // AES-256-GCM with a key of 32 bytes. What is stored is nonce, tag and ciphertext, as base64.
 * function aesCipher(key: Uint8Array): Cipher {
 *   return {
 *     encrypt(text) {
 *       const nonce = randomBytes(12);
 *       const aes = createCipheriv('aes-256-gcm', key, nonce);
 *       const encrypted = Buffer.concat([aes.update(text, 'utf8'), aes.final()]);
 *       return Buffer.concat([nonce, aes.getAuthTag(), encrypted]).toString('base64');
 *     },
 *     decrypt(text) {
 *       const bytes = Buffer.from(text, 'base64');
 *       const nonce = bytes.subarray(0, 12);
 *       const aes = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
 *       aes.setAuthTag(bytes.subarray(12, 28));
 *       return Buffer.concat([aes.update(bytes.subarray(28)), aes.final()]).toString('utf8');
 *     },
 *   };
 * }
 */
export interface Cipher {
  /** The text, so that only `decrypt` can read it. */
  encrypt(text: string): string | Promise<string>;
  /** What `encrypt` was given. Throws when the text was changed, or made with another key. */
  decrypt(text: string): string | Promise<string>;
}

/** `CIPHER_FAILED`: a cipher has thrown, or gave back something else than a text. */
export class CipherError extends RunafterError {
  /** What was to be encrypted or decrypted, such as `The output of "Token"`. */
  readonly what: string;

  /** @param failure - what went wrong and what to do, as sentences. */
  constructor(what: string, failure: string, options?: { cause?: unknown }) {
    super('CIPHER_FAILED', `${what} ${failure}`, options);
    this.what = what;
  }
}

/**
 * Encrypts; at once where the cipher does, so that a write need not wait for its turn.
 *
 * @param what - what the text is, for the error: `The output of "Token"`.
 * @throws {CipherError} `CIPHER_FAILED`, or rejects with it where the cipher is asynchronous.
 */
export function encryptWith(cipher: Cipher, text: string, what: string): string | Promise<string> {
  return guarded(
    () => cipher.encrypt(text),
    what,
    'could not be encrypted. Can its key be reached? Look at the cause.',
  );
}

/**
 * Decrypts what {@link encryptWith} gave; at once where the cipher does.
 *
 * @param what - what the text is, for the error: `The output of "Token"`.
 * @throws {CipherError} `CIPHER_FAILED`, or rejects with it where the cipher is asynchronous.
 */
export function decryptWith(cipher: Cipher, text: string, what: string): string | Promise<string> {
  return guarded(
    () => cipher.decrypt(text),
    what,
    'could not be decrypted. Was it encrypted with another key, or changed in the store? ' +
      'Look at the cause.',
  );
}

function guarded(call: () => unknown, what: string, failure: string): string | Promise<string> {
  let result: unknown;
  try {
    result = call();
  } catch (cause) {
    throw new CipherError(what, failure, { cause });
  }
  if (!isThenable(result)) return checkText(result, what);
  return Promise.resolve(result).then(
    (text) => checkText(text, what),
    (cause: unknown) => Promise.reject(new CipherError(what, failure, { cause })),
  );
}

function checkText(result: unknown, what: string): string {
  if (typeof result === 'string') return result;
  throw new CipherError(
    what,
    `cannot be used: the cipher gave back a value of type ${typeof result}, but must give a text.`,
  );
}
