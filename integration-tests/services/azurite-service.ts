/**
 * Azurite, the emulator of Azure Storage, for tests. A file's own place in it is a container of blobs.
 * @module
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startContainer } from './containers.ts';
import { freePort, startLocalProcess } from './local-process.ts';
import type { ServiceKind } from './service-kind.ts';

/** A part of a storage account. */
export interface AzuritePlace {
  /** A connection string, for `BlobServiceClient.fromConnectionString`. */
  readonly url: string;
  /** The name of a container; it is there when the tests begin. */
  readonly container: string;
}

/**
 * The account of every Azurite, as its documentation gives it: no secret.
 * @see https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
 */
const account = 'devstoreaccount1';
const accountKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export const azurite: ServiceKind<AzuritePlace> = {
  title: 'Azurite',
  urlVariable: 'TEST_AZURITE_URL',
  imageVariable: 'TEST_AZURITE_IMAGE',
  image: 'mcr.microsoft.com/azure-storage/azurite:3.37.0',

  async startContainer(image) {
    const { AzuriteContainer } = await import('@testcontainers/azurite');
    return startContainer(
      new AzuriteContainer(image).withInMemoryPersistence().withSkipApiVersionCheck(),
      (started) => started.getConnectionString(),
    );
  },

  async startLocally() {
    const port = await freePort();
    return startLocalProcess({
      url: connectionString(port),
      command: [
        ...[process.execPath, blobProgram(), '--blobHost', '127.0.0.1', '--blobPort', `${port}`],
        ...['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent'],
      ],
      ready: /successfully listens/,
    });
  },

  ownPlace(url, name) {
    const container = async () => {
      const { BlobServiceClient } = await import('@azure/storage-blob');
      return BlobServiceClient.fromConnectionString(url).getContainerClient(name);
    };
    return {
      place: { url, container: name },
      make: async () => void (await (await container()).create()),
      remove: async () => void (await (await container()).deleteIfExists()),
    };
  },
};

function connectionString(port: number): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${account}`,
    `AccountKey=${accountKey}`,
    `BlobEndpoint=http://127.0.0.1:${port}/${account};`,
  ].join(';');
}

/** The file behind `azurite-blob`: without the shell script around it, signals arrive. */
function blobProgram(): string {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('azurite/package.json');
  return join(dirname(manifest), require(manifest).bin['azurite-blob']);
}
