/** The services of the first page are those of the README. */
export { chat, crmApi, inventory, order, orders } from './readme.ts';
