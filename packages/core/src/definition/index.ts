/**
 * `@runafter/core/definition`: a definition as the engine reads it, for tools that read or rewrite one.
 *
 * It follows the engine: a minor version may add kinds of nodes, and facts of them.
 *
 * @example
 * import { rewrite } from '@runafter/core/definition';
 * @module
 */
export type {
  ActionNode,
  Body,
  BranchingNode,
  BranchNode,
  ChildNode,
  ContainerNode,
  DelayNode,
  Edge,
  ForEachNode,
  Handler,
  Node,
  NodeBase,
  ScopeNode,
  Source,
  Successor,
  TerminateNode,
  UntilNode,
  WaitForNode,
  WorkflowDefinition,
} from './definition.ts';
export { type Rewriting, rewrite } from './rewrite.ts';
