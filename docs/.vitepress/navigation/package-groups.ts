/**
 * The packages by what they are for, which is how a reader looks for one.
 * @module
 */
import { readPackages } from '../../../scripts/workspace.ts';

/** Some packages under one title. */
export interface PackageGroup {
  readonly title: string;
  /** Folders under packages/. */
  readonly folders: readonly string[];
}

const named: readonly PackageGroup[] = [
  { title: 'Workflows', folders: ['core', 'results', 'saga', 'bullmq'] },
  {
    title: 'Safety patterns',
    folders: ['optimistic', 'counter', 'lock', 'claim', 'throttle', 'admission'],
  },
  { title: 'Backends', folders: ['redis', 'postgres', 'mssql', 'sqlite', 'azure-blob', 'http'] },
  { title: 'See and test', folders: ['report', 'otel', 'cli', 'testkit'] },
];

/** Every package, each once; what is in no group yet, and what all stand on, is in the last. */
export function packageGroups(): PackageGroup[] {
  const known = new Set(named.flatMap(({ folders }) => folders));
  const rest = readPackages().map(({ folder }) => folder);
  return [...named, { title: 'Foundations', folders: rest.filter((folder) => !known.has(folder)) }];
}
