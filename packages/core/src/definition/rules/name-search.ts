/**
 * Finds out where in a data definition a name stands, to help somebody who used it in the wrong place.
 * @module
 */

/** A container inside a data definition, as far as the search has come. */
interface Place {
  readonly address: string;
  readonly actions: unknown;
}

/** The addresses of everything called `name`, outer ones first. */
export function addressesOf(name: string, actions: unknown): string[] {
  const found: string[] = [];
  const seen = new Set<unknown>();
  const open: Place[] = [{ address: '', actions }];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    // A definition may be wrong in any way here, even contain itself.
    if (typeof next.actions !== 'object' || next.actions === null || seen.has(next.actions))
      continue;
    seen.add(next.actions);
    for (const [key, node] of Object.entries(next.actions)) {
      const address = next.address === '' ? key : `${next.address}/${key}`;
      if (key === name) found.push(address);
      if (typeof node === 'object' && node !== null) open.push(...containersOf(address, node));
    }
  }
  return found;
}

function containersOf(address: string, node: object): Place[] {
  const properties = node as Readonly<Record<string, unknown>>;
  const { cases } = properties;
  const branches = ['then', 'else', 'default'].map((name) => [name, properties[name]] as const);
  if (typeof cases === 'object' && cases !== null) branches.push(...Object.entries(cases));
  return [
    { address, actions: properties.actions },
    ...branches.map(([name, branch]) => ({
      address: `${address}/${name}`,
      actions: (branch as { readonly actions?: unknown } | null | undefined)?.actions,
    })),
  ];
}
