/**
 * Who may begin, and when: run gates, session pools, fair queues, request budgets.
 * @module
 */
export {};
