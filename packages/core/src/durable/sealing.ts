/**
 * The form in which a run's values are stored: encoded as text, and secure ones through the cipher.
 *
 * Invariant: a secure value leaves this file as ciphertext or not at all. Ciphertext is marked as such,
 * so that what was stored can be read whatever a newer definition calls secure.
 * @module
 */
import type { NodeBase } from '../definition/definition.ts';
import type { ActionState } from '../engine/action-state.ts';
import type { Sealed } from '../engine/journal.ts';
import { errorOf } from '../engine/records/secure.ts';
import { type Cipher, CipherError, decryptWith, encryptWith } from './cipher.ts';
import { decodeValue, encodeHandedOver, encodeValue } from './codec.ts';

/** What ciphertext begins with. An encoded value never does: it is JSON. */
const mark = 'sealed:';

/** Whether a stored text is ciphertext. */
export function isSealed(text: string): boolean {
  return text.startsWith(mark);
}

export class Sealing {
  readonly #cipher: Cipher | undefined;
  readonly #limit: number;

  constructor(cipher: Cipher | undefined, limit: number) {
    this.#cipher = cipher;
    this.#limit = limit;
  }

  /** A secure value may be stored, encrypted. */
  get hasCipher(): boolean {
    return this.#cipher !== undefined;
  }

  /** The output of an action that ends, encoded; one that cannot be stored fails the action. */
  output(state: ActionState, value: unknown): Sealed {
    if (isSecure(state) && this.#cipher === undefined) return { text: undefined };
    try {
      return { text: this.limited(value, `The output of "${state.path}"`) };
    } catch (thrown) {
      return { error: errorOf(thrown, state.node, state.path) };
    }
  }

  /**
   * A value as text, within the limit.
   *
   * @param what - what the error calls it.
   * @throws {NotStorableError} `VALUE_NOT_STORABLE`
   * @throws {ValueTooLargeError} `VALUE_TOO_LARGE`
   */
  limited(value: unknown, what: string): string {
    return encodeValue(value, this.#limit, what);
  }

  /**
   * A value as text, of any length; undefined for a secure one without a cipher.
   *
   * @param what - what the error calls it.
   * @throws {NotStorableError} `VALUE_NOT_STORABLE`
   */
  encode(value: unknown, secure: boolean, what: string): string | undefined {
    return secure && this.#cipher === undefined ? undefined : this.whole(value, what);
  }

  /**
   * A value that holds nothing secure without a cipher, as text of any length.
   *
   * @param what - what the error calls it.
   * @throws {NotStorableError} `VALUE_NOT_STORABLE`
   */
  whole(value: unknown, what: string): string {
    return encodeValue(value, Number.POSITIVE_INFINITY, what);
  }

  /**
   * What a handler in another process is given, as text. Whoever can encrypt lets neither a queue nor
   * the store read along.
   *
   * @param what - what the error calls it.
   * @throws {NotStorableError} `VALUE_NOT_STORABLE`
   */
  handedOver(value: unknown, what: string): string | Promise<string> {
    return this.encrypt(encodeHandedOver(value, what), true, what);
  }

  /** A text as it is stored. */
  encrypt(text: string, secure: boolean, what: string): string | Promise<string> {
    if (!secure || this.#cipher === undefined) return text;
    const sealed = encryptWith(this.#cipher, text, what);
    return typeof sealed === 'string' ? mark + sealed : sealed.then((later) => mark + later);
  }

  /**
   * A stored text as the value it was.
   *
   * @throws {CipherError} `CIPHER_FAILED`, also where it is encrypted and there is no cipher.
   * @throws {StoredValueError} `STORED_VALUE_INVALID`
   */
  async read(text: string, what: string): Promise<unknown> {
    if (!isSealed(text)) return decodeValue(text);
    if (this.#cipher === undefined) {
      throw new CipherError(what, 'is encrypted. Pass the cipher that it was encrypted with.');
    }
    return decodeValue(await decryptWith(this.#cipher, text.slice(mark.length), what));
  }
}

/** What something takes in or hands over is secure. */
export function isSecure({ node }: ActionState): boolean {
  return isSecureNode(node);
}

export function isSecureNode({ secureInputs, secureOutputs }: NodeBase): boolean {
  return secureInputs || secureOutputs;
}

/** What errors call a state. */
export function whatIsKnownOf(path: string): string {
  return `What is known of "${path}"`;
}

/** Reads what anyone may: of a text that is encrypted, and that it has no cipher for, it gives nothing. */
export class PublicSealing extends Sealing {
  override async read(text: string, what: string): Promise<unknown> {
    return isSealed(text) && !this.hasCipher ? undefined : super.read(text, what);
  }
}
