/**
 * The API of a package: what its entry points export, and the declarations on which that stands.
 *
 * A type that is not exported is part of the surface all the same when a signature names it. What comes
 * from another package is named and not repeated: it is in that package's own surface.
 * Read next: declaration-file.ts.
 * @module
 */
import { type DeclarationFile, type Origin, readDeclarationFile } from './declaration-file.ts';

/** The surface of one entry point, as TypeScript. */
export interface Surface {
  /** What it names of other packages. */
  readonly imports: readonly string[];
  /** What a user can import, by name. */
  readonly exports: readonly string[];
  /** What is not exported but named in signatures, unless an earlier entry point has shown it. */
  readonly internals: readonly string[];
}

/** Declarations, and names of other packages, as they are come upon. */
interface Gathered {
  readonly imports: Map<string, Set<string>>;
  readonly internals: string[];
}

/** Reads the surfaces of a package's entry points, one after the other. */
export class ApiReader {
  readonly #files = new Map<string, DeclarationFile>();
  /** What has been shown, so that it is not shown again as something that stands behind a signature. */
  readonly #shown = new Set<string>();

  /** @param entry - the absolute path of the entry point's .d.ts file. */
  read(entry: string): Surface {
    const gathered: Gathered = { imports: new Map(), internals: [] };
    const names = [...this.#file(entry).exports]
      .map(([name, origin]) => ({ name, origin: this.#find(origin) }))
      .sort((one, other) => compare(one.name, other.name));
    for (const { origin } of names) this.#shown.add(keyOf(origin));
    const exports = names.map(({ name, origin }) => this.#exported(name, origin, gathered));
    return {
      imports: [...gathered.imports]
        .sort(([one], [other]) => compare(one, other))
        .map(
          ([from, used]) => `import type { ${[...used].sort(compare).join(', ')} } from '${from}';`,
        ),
      exports,
      internals: gathered.internals.sort(compare),
    };
  }

  #file(path: string): DeclarationFile {
    const file = this.#files.get(path) ?? readDeclarationFile(path);
    this.#files.set(path, file);
    return file;
  }

  /** Follows re-exports to the declaration, or to the package from which it comes. */
  #find(origin: Origin): Origin {
    const { module, name } = origin;
    if (isPackage(module)) return origin;
    const { declarations, imports, exports } = this.#file(module);
    if (declarations.has(name)) return origin;
    const next = imports.get(name) ?? exports.get(name);
    if (next === undefined) throw new Error(`${module} has no ${name}.`);
    return this.#find(next);
  }

  #exported(name: string, origin: Origin, gathered: Gathered): string {
    const renamed = name === origin.name ? name : `${origin.name} as ${name}`;
    if (isPackage(origin.module)) return `export { ${renamed} } from '${origin.module}';`;
    const text = this.#declaration(origin, gathered);
    return name === origin.name
      ? text.replaceAll(/^(?=\w)/gm, 'export ')
      : `${text}\nexport { ${renamed} };`;
  }

  /** Its text, after having gathered what it stands on. */
  #declaration({ module, name }: Origin, gathered: Gathered): string {
    const { declarations, imports } = this.#file(module);
    const declaration = declarations.get(name);
    if (declaration === undefined) throw new Error(`${module} does not declare ${name}.`);
    for (const used of declaration.names) {
      const [first = '', member] = used.split('.');
      const origin = imports.get(first);
      if (declarations.has(used)) this.#gather({ module, name: used }, gathered);
      else if (origin === undefined) continue;
      else if (origin.name !== '*') this.#gather(this.#find(origin), gathered);
      else if (isPackage(origin.module)) {
        this.#gather({ module: origin.module, name: `* as ${first}` }, gathered);
      } else if (member !== undefined) {
        this.#gather(this.#find({ module: origin.module, name: member }), gathered);
      }
    }
    return declaration.text;
  }

  #gather(origin: Origin, gathered: Gathered): void {
    const { module, name } = origin;
    if (isPackage(module)) {
      gathered.imports.set(module, (gathered.imports.get(module) ?? new Set()).add(name));
      return;
    }
    if (this.#shown.has(keyOf(origin))) return;
    this.#shown.add(keyOf(origin));
    gathered.internals.push(this.#declaration(origin, gathered));
  }
}

function isPackage(module: string): boolean {
  return !module.endsWith('.d.ts');
}

function keyOf({ module, name }: Origin): string {
  return `${module}#${name}`;
}

/** By code units, so that every machine sorts alike. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
