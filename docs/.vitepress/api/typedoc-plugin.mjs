/**
 * Makes typedoc's pages ours: modules have the names by which they are imported, a page begins with the
 * name and not with its kind, what is thrown is one list. And it writes down, for the pages of the error
 * codes, which class has a code and which function throws it.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Converter, DeclarationReflection, ReflectionKind, RendererEvent } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';
import { errorCodes } from '../../../packages/errors/src/index.ts';
import { entryPoints } from './entry-points.mjs';

/**
 * @typedef {{ name: string, module: string, address: string, text: string }} Thrower
 * @typedef {{ name: string, module: string, address: string, text: string, fields: { name: string, type: string, text: string }[] }} ErrorClass
 * @typedef {{ throwers: Record<string, Thrower[]>, classes: Record<string, ErrorClass[]> }} ErrorFacts
 */

/** @param {import('typedoc').Application} app */
export function load(app) {
  /** @type {Map<import('typedoc').DeclarationReflection, string[]>} */
  const codesOfClasses = new Map();

  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = importName(module.name);
    }
  });

  app.converter.on(Converter.EVENT_RESOLVE_END, (context) => {
    for (const reflection of context.project.getReflectionsByKind(ReflectionKind.Class)) {
      if (!reflection.name.endsWith('Error')) continue;
      const declaration = context.getSymbolFromReflection(reflection)?.declarations?.[0];
      const codes = codesIn(declaration?.getFullText() ?? '');
      codesOfClasses.set(/** @type {any} */ (reflection), codes);
      withoutInherited(context.project, /** @type {any} */ (reflection));
    }
  });

  app.renderer.on(MarkdownPageEvent.END, (page) => {
    const contents = tidy(page.contents ?? '');
    const isModule =
      page.model instanceof DeclarationReflection && page.model.kindOf(ReflectionKind.Module);
    page.contents = isModule ? contents.replace(/^# /m, '# @runafter/') : contents;
  });

  app.renderer.on(RendererEvent.END, ({ project, outputDirectory }) => {
    const address = (/** @type {any} */ reflection) =>
      `/api/${app.renderer.router?.getFullUrl(reflection).replace(/\.md/, '')}`;
    /** @type {ErrorFacts} */
    const facts = { throwers: {}, classes: {} };
    for (const signature of project.getReflectionsByKind(ReflectionKind.SomeSignature)) {
      for (const { tag, content } of signature.comment?.blockTags ?? []) {
        if (tag !== '@throws') continue;
        const text = plain(content);
        for (const code of codesIn(text)) {
          const owner = signature.parent ?? signature;
          const name = nameOf(owner);
          facts.throwers[code] ??= [];
          const known = facts.throwers[code];
          if (known.some((other) => other.name === name)) continue;
          known.push({ name, module: moduleOf(owner), address: address(owner), text });
        }
      }
    }
    for (const [reflection, codes] of codesOfClasses) {
      for (const code of codes) {
        facts.classes[code] ??= [];
        facts.classes[code].push({
          name: reflection.name,
          module: moduleOf(reflection),
          address: address(reflection),
          text: plain(reflection.comment?.summary ?? []),
          fields: fieldsOf(reflection),
        });
      }
    }
    for (const list of [...Object.values(facts.throwers), ...Object.values(facts.classes)]) {
      list.sort((a, b) => (a.module + a.name < b.module + b.name ? -1 : 1));
    }
    writeFileSync(join(outputDirectory, 'error-facts.json'), `${JSON.stringify(facts, null, 2)}\n`);
  });
}

/**
 * What every error has stands on the page of RunafterError.
 *
 * @param {import('typedoc').ProjectReflection} project
 * @param {import('typedoc').DeclarationReflection} reflection
 */
function withoutInherited(project, reflection) {
  for (const child of [...(reflection.children ?? [])]) {
    if (child.inheritedFrom !== undefined) project.removeReflection(child);
  }
}

/** @param {string} path - of the source, as typedoc names a module. */
function importName(path) {
  const suffixes = [`/packages/${path}.ts`, `/packages/${path}/index.ts`];
  return (
    entryPoints.find(({ file }) => suffixes.some((suffix) => file.endsWith(suffix)))?.name ?? path
  );
}

/** @param {string} text @returns {string[]} */
function codesIn(text) {
  const found = text.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? [];
  return [...new Set(found)].filter((code) => Object.hasOwn(errorCodes, code));
}

/** @param {import('typedoc').CommentDisplayPart[]} parts */
function plain(parts) {
  return parts
    .map(({ text }) => text)
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** @param {import('typedoc').Reflection} reflection */
function nameOf(reflection) {
  const names = [];
  for (
    let at = reflection;
    at.parent !== undefined && !at.kindOf(ReflectionKind.Module);
    at = at.parent
  ) {
    if (!at.name.startsWith('__')) names.unshift(at.name);
  }
  return names.join('.');
}

/** @param {import('typedoc').Reflection} reflection */
function moduleOf(reflection) {
  let at = reflection;
  while (at.parent !== undefined && !at.kindOf(ReflectionKind.Module)) at = at.parent;
  return at.name;
}

/** @param {import('typedoc').DeclarationReflection} reflection */
function fieldsOf(reflection) {
  return (reflection.children ?? [])
    .filter((child) => child.kindOf(ReflectionKind.Property) && !child.flags.isStatic)
    .filter(({ name }) => !['cause', 'code', 'message', 'name', 'stack'].includes(name))
    .map((child) => ({
      name: child.name,
      type: String(child.type ?? ''),
      text: plain(child.comment?.summary ?? []),
    }));
}

/** @param {string} contents */
function tidy(contents) {
  return (
    mergeThrows(contents)
      .replace(/^# (?:Abstract )?(?:Class|Function|Interface|Type Alias|Variable): /m, '# ')
      // A table of bare names says nothing that the signature does not.
      .replaceAll(/^#+ Type Parameters\n\n\| Type Parameter \|\n\| -+ \|\n(?:\|.*\|\n)+\n?/gm, '')
      .replaceAll(/(^#+ )Type Parameters$/gm, '$1Type parameters')
      .replaceAll(/\| - (?=\|)/g, '| ')
  );
}

/** One heading for all that is thrown. @param {string} contents */
function mergeThrows(contents) {
  return contents.replaceAll(
    /(^#+ Throws\n\n[\s\S]*?(?=^#|(?![\s\S])))(?:^#+ Throws\n\n[\s\S]*?(?=^#|(?![\s\S])))*/gm,
    (section) => {
      const [heading] = /^#+ Throws/.exec(section) ?? [];
      const items = section
        .split(/^#+ Throws\n\n/m)
        .map((item) => item.trim().replaceAll('\n', ' '));
      return `${heading}\n\n${items
        .filter(Boolean)
        .map((item) => `- ${item}`)
        .join('\n')}\n\n`;
    },
  );
}
