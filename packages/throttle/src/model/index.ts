/**
 * `@runafter/throttle/model`: services as their callers see them, for simulations.
 * @module
 */
export { logNormal } from './log-normal.ts';
export {
  type Refusal,
  type ServiceModel,
  type ServiceModelOptions,
  serviceModel,
} from './service-model.ts';
