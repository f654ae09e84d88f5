/**
 * `@runafter/core/container-kind`: what a package needs that adds a kind of container.
 *
 * @example
 * import { type ContainerKind, container } from '@runafter/core/container-kind';
 * @module
 */
export type {
  Child,
  ChildDefinition,
  Container,
  ContainerContext,
  ContainerKind,
  ShieldedContext,
  ShieldedOptions,
  StopCause,
  Verdict,
} from './container-kind.ts';
export { container, setMetadata } from './definition/builder/container.ts';
export { type EndedContainer, endedContainer } from './engine/kinds/ended-container.ts';
export { unheardCancel, unheardFailure } from './unheard-failure.ts';
