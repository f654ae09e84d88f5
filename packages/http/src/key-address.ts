/**
 * From keys to addresses.
 *
 * What cannot be an address is refused here, without being shown: fetch and URL would quote it, and it may
 * hold a signature or a password.
 * @module
 */
import { ServiceOptionError } from '@runafter/errors';
import { DocumentKeyError } from '@runafter/optimistic';

const placeholder = '{key}';

/** Whether a text says where keys go. */
export function isTemplate(url: string): boolean {
  return url.includes(placeholder);
}

/**
 * Puts a key into a text.
 *
 * @throws {DocumentKeyError} `DOCUMENT_KEY_INVALID`: '.' and '..', which mean another folder, however they
 *   are written.
 */
export function fillTemplate(store: string, template: string, key: string): string {
  if (key === '.' || key === '..') {
    throw new DocumentKeyError(store, key, 'in an address it would mean another folder');
  }
  return template.replaceAll(placeholder, () => encodeURIComponent(key));
}

/**
 * An address to which a request can be sent.
 *
 * @param base - for a relative one, such as a link to the next page.
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 */
export function checkedAddress(service: string, given: URL | string, base?: URL): URL {
  const url = URL.parse(String(given), base?.href);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === '') {
    return url;
  }
  throw new ServiceOptionError(
    service,
    'url',
    'gives no address that can be used. It has to be a whole one, with http or https, and without a user name or password.',
  );
}
