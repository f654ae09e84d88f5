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
  const peers = packages.map((name) => `${name} ${versionOf(name)}`);
  return `${machine.join(' · ')}\n${peers.join(' · ')}`;
}

function versionOf(name: string): string {
  const partOfNode = process.versions[name];
  if (partOfNode !== undefined) return partOfNode;
  const manifest = findPackageJSON(name, import.meta.url);
  if (manifest === undefined) return 'not installed';
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return version;
}
