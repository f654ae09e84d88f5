/**
 * Ciphers: the one that the documentation shows, and those that fail.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Cipher, CipherError, decryptWith, encryptWith } from '../../src/durable/cipher.ts';
import { aesCipher } from './aes-cipher.ts';

const what = 'The output of "Token"';

/** What a call throws, or what its promise is rejected with. */
async function failureOf(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail.');
}

describe('the cipher of the documentation', () => {
  const cipher = aesCipher(randomBytes(32));
  const encrypted = (text: string) => encryptWith(cipher, text, what) as string;

  it('is the one that these tests run', async () => {
    const [documented, run] = await Promise.all(
      ['../../src/durable/cipher.ts', './aes-cipher.ts'].map((file) =>
        readFile(new URL(file, import.meta.url), 'utf8'),
      ),
    );
    const example = documented?.match(/@example\n(.*?)\n \*\//s)?.[1]?.replace(/^ \* ?/gm, '');
    expect(example).toContain('function aesCipher');
    expect(run?.replace('export ', '')).toContain(example);
  });

  it.each([
    ['no text', ''],
    ['a text', 'hunter2'],
    ['all kinds of characters', 'ä🔑\0'],
    ['a long text', 'x'.repeat(100_000)],
  ])('gives back %s', (_, text) => {
    expect(decryptWith(cipher, encrypted(text), what)).toBe(text);
  });

  it('never gives the same twice, nor anything that shows the text', () => {
    expect(encrypted('hunter2')).not.toBe(encrypted('hunter2'));
    expect(Buffer.from(encrypted('hunter2'), 'base64').toString('latin1')).not.toContain('hunter2');
  });

  it.each([
    ['with another key', (text: string) => text, aesCipher(randomBytes(32))],
    ['after a change', (text: string) => `${text.slice(0, 40)}AAAA${text.slice(44)}`, cipher],
    ['without its end', (text: string) => text.slice(0, 20), cipher],
    ['that was never encrypted', () => 'hunter2', cipher],
  ])('does not read a text %s', async (_, change, reader) => {
    const text = change(encrypted('hunter2 hunter2 hunter2'));
    const error = await failureOf(() => decryptWith(reader, text, what));
    expect(error).toBeInstanceOf(CipherError);
    expect(error).toMatchObject({ code: 'CIPHER_FAILED', what });
    expect(error.message).toContain('The output of "Token" could not be decrypted.');
    expect(error.message).toContain('another key');
    expect(error.message).not.toContain('hunter2');
    expect(error.message).not.toContain(text);
  });
});

describe('a cipher', () => {
  const failing = (thrown: () => never): Cipher => ({ encrypt: thrown, decrypt: thrown });
  const quoting = failing(() => {
    throw new Error('cannot handle "hunter2"');
  });

  it('that throws is named with what it was given to do, but never quoted', async () => {
    const error = await failureOf(() => encryptWith(quoting, 'hunter2', what));
    expect(error.message).toContain('The output of "Token" could not be encrypted.');
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('that is asynchronous is waited for, and its rejection told in the same way', async () => {
    const later: Cipher = {
      encrypt: async (text) => text.toUpperCase(),
      decrypt: () => Promise.reject(new Error('the vault is closed')),
    };
    await expect(encryptWith(later, 'text', what)).resolves.toBe('TEXT');
    await expect(decryptWith(later, 'TEXT', what)).rejects.toThrow(CipherError);
  });

  it('that gives back no text is refused, at once or later', async () => {
    const forgetful = { encrypt: () => {}, decrypt: async () => 5 } as unknown as Cipher;
    const atOnce = await failureOf(() => encryptWith(forgetful, 'hunter2', what));
    const later = await failureOf(() => decryptWith(forgetful, 'hunter2', what));
    expect(atOnce.message).toContain('a value of type undefined, but must give a text');
    expect(later.message).toContain('a value of type number, but must give a text');
  });

  it('keeps its own this', () => {
    const cipher = new (class {
      #mark = '!';
      encrypt(text: string) {
        return text + this.#mark;
      }
      decrypt(text: string) {
        return text.slice(0, -this.#mark.length);
      }
    })();
    expect(decryptWith(cipher, encryptWith(cipher, 'text', what) as string, what)).toBe('text');
  });
});
