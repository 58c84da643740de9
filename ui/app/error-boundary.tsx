// A fault of a page is told in its place; the other pages go on.
import { Alert, Button, Code } from '@mantine/core';
import { Component, type ReactNode } from 'react';

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Alert color="red" title="This page has failed" role="alert">
        <Code block>{error.message}</Code>
        <Button mt="sm" size="xs" onClick={() => window.location.reload()}>
          Load it again
        </Button>
      </Alert>
    );
  }
}
