/**
 * Azure Blob Storage as the doctor sees it: whether it answers, and what time it has.
 * @module
 */
import { importClient } from '../../project-packages.ts';
import type { Connect } from '../backend.ts';

interface AccountInfo {
  readonly date?: Date;
  readonly version?: string;
}

/** The part of @azure/storage-blob that is used. */
interface Storage {
  readonly BlobServiceClient: {
    fromConnectionString(text: string, options: object): { getAccountInfo(): Promise<AccountInfo> };
  };
}

/** Nothing is kept open: every question is a request of its own. */
export const connectAzureBlob: Connect = async ({ address, label }, folder) => {
  const { BlobServiceClient } = await importClient<Storage>(
    '@azure/storage-blob',
    '@runafter/azure-blob',
    folder,
    label,
  );
  const service = BlobServiceClient.fromConnectionString(address, {
    retryOptions: { maxTries: 1 },
  });
  const { version } = await service.getAccountInfo();
  return {
    version: `Blob service ${version ?? 'of an unknown version'}`,
    // Its time is the Date header of an answer.
    resolution: 1000,
    now: async () => {
      const { date } = await service.getAccountInfo();
      if (date === undefined) throw new Error('the answer has no Date header');
      return date.getTime();
    },
    examine: async () => [],
    close: async () => undefined,
  };
};
