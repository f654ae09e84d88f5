export function modelCases(_setting: unknown): void {}
