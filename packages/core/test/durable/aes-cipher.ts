/**
 * The cipher that the documentation of `Cipher` shows, so that it is a program that runs.
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Cipher } from '../../src/durable/cipher.ts';

// AES-256-GCM with a key of 32 bytes. What is stored is nonce, tag and ciphertext, as base64.
export function aesCipher(key: Uint8Array): Cipher {
  return {
    encrypt(text) {
      const nonce = randomBytes(12);
      const aes = createCipheriv('aes-256-gcm', key, nonce);
      const encrypted = Buffer.concat([aes.update(text, 'utf8'), aes.final()]);
      return Buffer.concat([nonce, aes.getAuthTag(), encrypted]).toString('base64');
    },
    decrypt(text) {
      const bytes = Buffer.from(text, 'base64');
      const nonce = bytes.subarray(0, 12);
      const aes = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
      aes.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([aes.update(bytes.subarray(28)), aes.final()]).toString('utf8');
    },
  };
}
