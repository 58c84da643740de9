export { createApplication } from './app.ts';
export { ApiError, type ApiErrorType, invalidParameter } from './errors.ts';
export { ListenError, Listeners, type ListenOptions } from './listeners.ts';
export * from './ports.ts';
