/** Names that the page imports in words. */
export { blobDocumentStore } from '@runafter/azure-blob';
export { claimCheck } from '@runafter/core';
export { redisRunStore } from '@runafter/redis';
export declare const url: string;
