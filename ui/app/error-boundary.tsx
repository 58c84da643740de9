// A fault of a page is told in its place; the other pages go on. A page whose files cannot be had is no fault of its own: the server is
// away, or another version of it is there, and the page is loaded again once it answers.
import { Alert, Button, Code } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import type { Connection } from '../server/connection.ts';
import { ServerError } from '../server/server-error.ts';

interface Props {
  readonly connection: Connection;
  readonly children: ReactNode;
}

/** As browsers, and what loads styles before a page, say it. */
const NOT_LOADED = /dynamically imported module|Importing a module script failed|Unable to preload/i;
const RELOADED_KEY = 'tributary-reloaded';
/** Where loading again does not help, a person decides. */
const AGAIN_AFTER_MS = 30_000;

export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };
  #unsubscribe = (): void => undefined;

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown): void {
    if (!isNotLoaded(error)) return;
    const { connection } = this.props;
    connection.report(new ServerError('lost', 'The page cannot be loaded.'));
    this.#unsubscribe = connection.subscribe(() => {
      if (connection.state.kind !== 'lost') reloadOnce();
    });
  }

  override componentWillUnmount(): void {
    this.#unsubscribe();
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const notLoaded = isNotLoaded(error);
    return (
      <Alert color="red" title={notLoaded ? 'This page could not be loaded' : 'This page has failed'} role="alert">
        {notLoaded ? 'It is loaded as soon as the server answers.' : <Code block>{error.message}</Code>}
        <div>
          <Button mt="sm" size="xs" onClick={() => window.location.reload()}>
            Load it again
          </Button>
        </div>
      </Alert>
    );
  }
}

function isNotLoaded(error: unknown): boolean {
  return error instanceof Error && NOT_LOADED.test(error.message);
}

function reloadOnce(): void {
  try {
    const lastMs = Number(window.sessionStorage.getItem(RELOADED_KEY) ?? 0);
    if (Date.now() - lastMs < AGAIN_AFTER_MS) return;
    window.sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
  } catch {
    return; // without storage nothing would end the circle
  }
  window.location.reload();
}
