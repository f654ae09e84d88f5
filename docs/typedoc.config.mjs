/**
 * The API reference: one page for each import path, as Markdown that VitePress renders like every other page.
 * @module
 */
import { entryPoints } from './.vitepress/api/entry-points.mjs';

/** @type {Partial<import('typedoc').TypeDocOptions> & import('typedoc-plugin-markdown').PluginOptions} */
export default {
  plugin: ['typedoc-plugin-markdown', './.vitepress/api/typedoc-plugin.mjs'],
  entryPoints: entryPoints.map(({ file }) => file),
  tsconfig: './tsconfig.api.json',
  out: './api',
  cleanOutputDir: true,
  readme: 'none',
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  disableSources: true,
  disableGit: true,
  hideGenerator: true,
  sort: ['source-order'],
  logLevel: 'Warn',
  skipErrorChecking: true,
  router: 'member',
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  expandParameters: true,
  indexFormat: 'table',
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  enumMembersFormat: 'table',
  typeAliasPropertiesFormat: 'table',
};
