/**
 * The directory's accounts from the client's side.
 * @module
 */
import type { Account, StoredAccount } from './directory.ts';
import { OfficeError } from './office-error.ts';
import type { CallOptions, Transport } from './transport.ts';

export interface AccountClient {
  /**
   * Creates an account. Repeated with the same idempotency key it is the same one.
   *
   * @throws {OfficeError} 400: there is one of this name; 410: what the key has made was deleted.
   */
  create(account: Account, options?: CallOptions): Promise<StoredAccount>;
  /** The account of this user principal name, or undefined. */
  find(userPrincipalName: string, options?: CallOptions): Promise<StoredAccount | undefined>;
  /** @throws {OfficeError} 404 */
  remove(id: string, options?: CallOptions): Promise<void>;
}

export function accountClient(send: Transport, url: string): AccountClient {
  const users = `${url}/graph/v1.0/users`;
  const at = (address: string) => `${users}/${encodeURIComponent(address)}`;
  const errand = (verb: string, account: string) => ({
    service: 'directory' as const,
    verb,
    thing: `the account "${account}"`,
  });

  return {
    async create({ madeBy, ...account }, options) {
      const response = await send(users, errand('create', account.userPrincipalName), {
        ...options,
        method: 'POST',
        body: {
          accountEnabled: true,
          ...account,
          ...(madeBy && { onPremisesExtensionAttributes: { extensionAttribute1: madeBy } }),
        },
      });
      return toAccount((await response.json()) as Entity);
    },
    async find(name, options) {
      try {
        const response = await send(at(name), errand('read', name), options);
        return toAccount((await response.json()) as Entity);
      } catch (error) {
        if (error instanceof OfficeError && error.status === 404) return undefined;
        throw error;
      }
    },
    async remove(id, options) {
      await send(at(id), errand('delete', id), { ...options, method: 'DELETE' });
    },
  };
}

/** An account as Graph writes it. */
type Entity = Omit<StoredAccount, 'madeBy'> & {
  readonly onPremisesExtensionAttributes: { readonly extensionAttribute1: string | null };
};

function toAccount({ onPremisesExtensionAttributes, ...account }: Entity): StoredAccount {
  const { extensionAttribute1: madeBy } = onPremisesExtensionAttributes;
  return madeBy === null ? account : { ...account, madeBy };
}
