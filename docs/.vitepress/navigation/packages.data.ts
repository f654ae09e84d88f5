/** The packages for the page that lists them. */
import { readPackages } from '../../../scripts/workspace.ts';
import { packageGroups } from './package-groups.ts';

export default {
  load: () => {
    const manifests = new Map(readPackages().map(({ folder, manifest }) => [folder, manifest]));
    return packageGroups().map(({ title, folders }) => ({
      title,
      packages: folders.map((folder) => ({
        folder,
        text: manifests.get(folder)?.description ?? '',
      })),
    }));
  },
};
