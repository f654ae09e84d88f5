/**
 * Where the numbers come from: without it they mean nothing to another reader.
 * @module
 */
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { cpus, loadavg, totalmem } from 'node:os';

/** Two lines: the machine and Node, and the versions of the peers. */
export function describeEnvironment(packages: readonly string[]): string {
  const [cpu] = cpus();
  const machine = [
    `Node ${process.versions.node}`,
    `V8 ${process.versions.v8}`,
    `${process.platform} ${process.arch}`,
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    `load ${loadavg()[0]?.toFixed(2)} at the start`,
  ];
  return `${machine.join(' · ')}\n${versionsOf(packages)}`;
}

/** What makes a result worth repeating elsewhere: versions and cores, without the name of a machine. */
export function describeVersions(packages: readonly string[]): string {
  const platform = `${process.platform} ${process.arch}, ${cpus().length} cores`;
  return [`Node ${process.versions.node}`, platform, versionsOf(packages)]
    .filter((text) => text !== '')
    .join(' · ');
}

function versionsOf(packages: readonly string[]): string {
  return packages.map((name) => `${name} ${versionOf(name)}`).join(' · ');
}

function versionOf(name: string): string {
  const partOfNode = process.versions[name];
  if (partOfNode !== undefined) return partOfNode;
  const manifest = findPackageJSON(name, import.meta.url);
  if (manifest === undefined) return 'not installed';
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return version;
}
